// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Compares the clocks of the machine from one look to the next. Not thread-safe. */
final class ClockWatch {

    /** The time since boot counts hundredths of a second, and two clocks are not read at one instant. */
    static final Duration SUSPENDED = Duration.ofSeconds(1);

    /** A time daemon slews by less than this within the time between two looks. */
    static final Duration STEP = Duration.ofSeconds(2);

    /** A machine that is only busy is not this late. */
    static final Duration LATE = Duration.ofSeconds(5);

    private final NodeClock clock;
    private long nanos;
    private OptionalLong sinceBoot;
    private Instant calendar;

    ClockWatch(NodeClock clock) {
        this.clock = clock;
        this.nanos = clock.nanoTime();
        this.sinceBoot = clock.sinceBootNanos();
        this.calendar = clock.wallTime();
    }

    /**
     * Looks at the clocks.
     *
     * @param expected how long after the last look this one should come
     */
    Optional<ClockJump> look(Duration expected) {
        long nanosNow = clock.nanoTime();
        OptionalLong sinceBootNow = clock.sinceBootNanos();
        Instant calendarNow = clock.wallTime();
        Duration ran = Duration.ofNanos(nanosNow - nanos);
        Duration suspended = sinceBoot.isPresent() && sinceBootNow.isPresent()
                ? Duration.ofNanos(sinceBootNow.getAsLong() - sinceBoot.getAsLong()).minus(ran)
                : Duration.ZERO;
        boolean wasSuspended = suspended.compareTo(SUSPENDED) > 0;
        Duration lost = wasSuspended ? suspended : Duration.ZERO;
        Duration step = Duration.between(calendar, calendarNow).minus(ran).minus(lost);
        Duration late = ran.minus(expected);
        nanos = nanosNow;
        sinceBoot = sinceBootNow;
        calendar = calendarNow;
        boolean jumped = wasSuspended || step.abs().compareTo(STEP) > 0 || late.compareTo(LATE) > 0;
        return jumped
                ? Optional.of(new ClockJump(lost, step, late.isNegative() ? Duration.ZERO : late))
                : Optional.empty();
    }
}
