// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.agent.server.StopNeeds;
import org.jspecify.annotations.Nullable;

/**
 * How a window is divided among the phases of a drain. Each part that is null follows the rule, which depends on the
 * window; a part that is set is kept as far as the window allows. Immutable; pure arithmetic.
 *
 * @param safetyMargin time kept free before the deadline, because providers' times are approximate and a SIGKILL takes its
 *        own; the kill comes no later than half of it before the deadline
 * @param settleTime how long the door stays closed at least before an idle server is stopped, so that routers learn of it
 * @param cutGrace from the cut to the stop
 * @param stopGrace from SIGTERM to SIGKILL
 */
public record DrainPolicy(@Nullable Duration safetyMargin, @Nullable Duration settleTime, @Nullable Duration cutGrace,
        @Nullable Duration stopGrace) {

    /** Everything by the rule. */
    public static final DrainPolicy DEFAULT = new DrainPolicy(null, null, null, null);

    /**
     * The least time that a drain is given, however near or past its deadline is: the node still runs, and an honest
     * cut and a SIGTERM need a moment each.
     */
    public static final Duration MINIMAL_WINDOW = Duration.ofSeconds(2);

    /** From this window on the phases are those of AWS's two minutes, below it those of a 30 s notice. */
    public static final Duration LONG_WINDOW = Duration.ofSeconds(90);

    public static final Duration LONG_MARGIN = Duration.ofSeconds(10);
    public static final Duration SHORT_MARGIN = Duration.ofSeconds(3);
    public static final Duration MAX_SETTLE = Duration.ofSeconds(15);
    public static final Duration LONG_CUT = Duration.ofSeconds(8);
    public static final Duration SHORT_CUT = Duration.ofSeconds(3);
    public static final Duration LONG_STOP = Duration.ofSeconds(7);
    public static final Duration SHORT_STOP = Duration.ofSeconds(4);

    /** Short windows keep this share of themselves free at most, so that the rest can be divided at all. */
    private static final double MAX_MARGIN_SHARE = 0.30;

    public static final double SHORT_MARGIN_SHARE = 0.08;
    public static final double SETTLE_SHARE = 0.25;

    /** This last part of the time that routers have to turn away the door is closed, where it need not be so from the notice on. */
    static final double CLOSED_SHARE = 0.2;

    /** A door that would be closed sooner than this is closed at once: no router learns of anything in so short a time. */
    static final Duration LEAST_ANNOUNCEMENT = Duration.ofMillis(500);

    /** A client that connected before connections were refused has so long to send its request before the door is closed. */
    static final Duration REFUSED_BEFORE_CLOSED = Duration.ofMillis(300);

    public DrainPolicy {
        requireNotNegative("safetyMargin", safetyMargin);
        requireNotNegative("settleTime", settleTime);
        requireNotNegative("cutGrace", cutGrace);
        requireNotNegative("stopGrace", stopGrace);
    }

    private static void requireNotNegative(String name, @Nullable Duration value) {
        if (value != null && value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }

    /**
     * Divides a window.
     *
     * <p>What is kept free before the deadline comes first, then the stop and the cut; draining has the rest and never
     * less than half of it: where the parts do not fit, cut and stop shrink in proportion. A server that needs longer
     * than usual to exit gets it where that still holds, and is otherwise killed on time, idle or cut as it is by then.
     *
     * <p>A server that is asked to stop at the notice needs no time for it at the end.
     *
     * <p>Where another program ends the server before the deadline, the window is that much shorter for it.
     *
     * @param window time from the notice to the deadline; below {@link #MINIMAL_WINDOW}, negative included, that much
     */
    public Budget budget(Duration window, StopNeeds needs) {
        long whole = Math.max(window.minus(needs.lead()).toNanos(), MINIMAL_WINDOW.toNanos());
        long killAt = whole - Math.min(killLead(whole), (long) (whole * MAX_MARGIN_SHARE));
        long half = killAt / 2;
        long cutting = cutTime(whole);
        boolean asksLast = needs.stops() && !needs.first();
        long stopping = asksLast ? stopTime(whole) : 0;
        long needed = needs.grace().toNanos();
        if (asksLast && needed > stopping && needed <= half - cutting) {
            stopping = needed;
        }
        if (cutting > half || stopping > half - cutting) {
            double share = (double) half / ((double) cutting + stopping);
            cutting = (long) (cutting * share);
            stopping = (long) (stopping * share);
        }
        long stopAt = killAt - stopping;
        long cutAt = stopAt - cutting;
        long settled = settleTime == null
                ? Math.min(MAX_SETTLE.toNanos(), (long) (cutAt * SETTLE_SHARE))
                : Math.min(settleTime.toNanos(), cutAt);
        return new Budget(Duration.ofNanos(whole), Duration.ofNanos(settled), Duration.ofNanos(cutAt),
                Duration.ofNanos(stopAt), Duration.ofNanos(killAt));
    }

    /**
     * What of this policy does not fit into a window and would be shortened; empty where all fits.
     *
     * @param window the window that is to be expected, such as 30 s
     */
    public List<String> misfits(Duration window, StopNeeds needs) {
        var misfits = new ArrayList<String>();
        Budget budget = budget(window, needs);
        compare(misfits, window, "cutGrace", cutGrace, budget.stopAt().minus(budget.cutAt()));
        if (needs.stops() && !needs.first()) {
            compare(misfits, window, "stopGrace", stopGrace, budget.killAt().minus(budget.stopAt()));
            compare(misfits, window, "stop (the server's own need)", needs.grace(),
                    budget.killAt().minus(budget.stopAt()));
        }
        compare(misfits, window, "settleTime", settleTime, budget.settledAt());
        if (safetyMargin != null && Math.min(killLead(window.toNanos()), safetyMargin.toNanos()) > budget.window()
                .minus(budget.killAt())
                .toNanos()) {
            misfits.add("safetyMargin " + seconds(safetyMargin) + " is too much of a window of " + seconds(window)
                    + ": the kill would come " + seconds(budget.window().minus(budget.killAt()))
                    + " before the deadline");
        }
        return List.copyOf(misfits);
    }

    private static void compare(List<String> misfits, Duration window, String name, @Nullable Duration wanted,
            Duration given) {
        if (wanted != null && wanted.compareTo(given) > 0) {
            misfits.add(name + " " + seconds(wanted) + " does not fit into a window of " + seconds(window)
                    + ": it would be " + seconds(given));
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    private long killLead(long window) {
        long free = safetyMargin != null
                ? safetyMargin.toNanos()
                : window >= LONG_WINDOW.toNanos()
                        ? LONG_MARGIN.toNanos()
                        : Math.max(SHORT_MARGIN.toNanos(), (long) (window * SHORT_MARGIN_SHARE));
        return Math.min(free, Math.max(SHORT_MARGIN.toNanos(), free / 2));
    }

    private long cutTime(long window) {
        return (cutGrace != null ? cutGrace : window >= LONG_WINDOW.toNanos() ? LONG_CUT : SHORT_CUT).toNanos();
    }

    private long stopTime(long window) {
        return (stopGrace != null ? stopGrace : window >= LONG_WINDOW.toNanos() ? LONG_STOP : SHORT_STOP).toNanos();
    }
}
