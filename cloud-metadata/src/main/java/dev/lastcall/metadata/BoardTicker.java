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

    private final SupervisedLoop loop;

    /** Not yet ticking. */
    public BoardTicker(NoticeBoard board, NodeClock clock) {
        this.loop = SupervisedLoop.every(INTERVAL, "notice-board-ticker", clock, board.loops(), board::tick);
    }

    /** Begins to tick. Called once. */
    public void start() {
        loop.start();
    }

    /** Whether it ticks. */
    public boolean isTicking() {
        return loop.isRunning();
    }

    /** Stops ticking. Idempotent. */
    @Override
    public void close() {
        loop.close();
    }
}
