// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;

/**
 * The clocks of the machine did not run as they should since the last look at them: the machine was suspended, paused by its
 * host, or starved, or its calendar was set.
 *
 * @param suspended for how long the monotonic clock was still while the machine's time since boot went on; zero where it did
 *     not. Only this is time that was lost for certain
 * @param calendarStep by how much the calendar moved beyond that, forward or back. By itself it proves nothing: a time daemon
 *     sets calendars
 * @param late by how much longer than it should the time between the looks was
 */
public record ClockJump(Duration suspended, Duration calendarStep, Duration late) {

    /** Hears of jumps, on the ticker's thread; must not block. */
    @FunctionalInterface
    public interface Listener {
        /** Takes one jump; the board's deadlines are moved already. */
        void on(ClockJump jump);
    }
}
