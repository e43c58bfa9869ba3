// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;

/**
 * Wakes the board when only time has passed: a planned notice becomes final at its lead, and a source whose look hangs becomes
 * blind, without any new observation. Watches the machine's clocks beside: what was lost while the machine was suspended is taken
 * off every deadline, and the sources are asked to look at once.
 */
public final class BoardTicker implements AutoCloseable {

    /** How often; leads are minutes and the bound of blindness is 30 s, so a second late is on time. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    private final SupervisedLoop loop;

    private final NoticeBoard board;
    private final ClockWatch clocks;
    private final ClockJump.Listener jumps;

    /** Not yet ticking; only the board hears of jumps. */
    public BoardTicker(NoticeBoard board, NodeClock clock) {
        this(board, clock, jump -> {});
    }

    /**
     * Not yet ticking.
     *
     * @param jumps called at each jump of the machine's clocks, after the board has taken it into account
     */
    public BoardTicker(NoticeBoard board, NodeClock clock, ClockJump.Listener jumps) {
        this.board = board;
        this.jumps = jumps;
        this.clocks = new ClockWatch(clock);
        this.loop = SupervisedLoop.every(INTERVAL, "notice-board-ticker", clock, board.loops(), this::tick);
    }

    private void tick() {
        clocks.look(INTERVAL).ifPresent(jump -> {
            if (jump.suspended().isPositive()) {
                board.suspended(jump.suspended());
            }
            jumps.on(jump);
        });
        board.tick();
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
