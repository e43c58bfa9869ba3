// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;

/**
 * Wakes the board when only time has passed, on a virtual thread: a planned notice becomes final at its lead, and a source
 * whose look hangs becomes blind, without any new observation.
 */
public final class BoardTicker implements AutoCloseable {

    /** How often; leads are minutes and the bound of blindness is 30 s, so a second late is on time. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    private final NoticeBoard board;
    private final NodeClock clock;
    private final Thread thread;

    /** Not yet ticking. */
    public BoardTicker(NoticeBoard board, NodeClock clock) {
        this.board = board;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("notice-board-ticker").unstarted(this::run);
    }

    /** Begins to tick. Called once. */
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                clock.sleep(INTERVAL);
                board.tick();
            }
        } catch (InterruptedException closed) {
            // The one way to end: close() interrupts.
        }
    }

    /** Whether it ticks. */
    public boolean isTicking() {
        return thread.isAlive();
    }

    /** Stops ticking. Idempotent. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
