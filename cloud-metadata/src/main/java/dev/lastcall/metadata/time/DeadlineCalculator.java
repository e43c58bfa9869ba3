// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.lastcall.metadata.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Puts the times of one source's notices on the monotonic clock.
 *
 * <p>What is left is the provider's time minus the {@code Date} of the same answer: both by the provider's clock, so the
 * node's may be wrong. Where there is no credible {@code Date} the node's calendar is used. The result is bounded,
 * because the drain relies on it: see {@link #calculate}.
 *
 * <p>A time that is read again is calculated again, by its {@code Date} only: a machine that was paused finds that less is left
 * than its own clocks say. The deadline moves earlier by it and never later, and not at all for less than {@link #SAME}, so that
 * reading the same notice again gives the same deadline to the nanosecond.
 *
 * <p>Thread-safe.
 */
public final class DeadlineCalculator {

    /** How much more than the window a notice may name before it is cut; allows for a notice that comes early. */
    public static final Duration SLACK = Duration.ofSeconds(60);

    /** A time further off than this is cut; scheduled events are days to weeks ahead. */
    static final Duration MAX_PLANNED = Duration.ofDays(366);

    /** A Date this close to the node's calendar, or to the time that the notice names, is believed. */
    private static final Duration CREDIBLE = Duration.ofDays(1);

    /** A time this little in the past is that of a notice read late, whichever clock says so. */
    public static final Duration READ_LATE = Duration.ofSeconds(60);

    /** Two readings of one time differ by less: a {@code Date} counts whole seconds, and answers take a little time. */
    static final Duration SAME = Duration.ofMillis(1500);

    /** Times remembered; more than the events any one answer is read for. */
    private static final int MAX_REMEMBERED = 256;

    private final Map<Reading, Kept> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Reading, Kept> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /**
     * Calculates the deadline of a notice that comes shortly before the end, such as a spot interruption.
     *
     * <p>What is left is held within zero and {@code window} + {@link #SLACK}. A time in the past leaves nothing. Where
     * only the node's calendar could be used and it puts the time outside of that range by more than a minute, the
     * calendar is taken to be wrong, and {@code window} is what is left.
     */
    public synchronized CalculatedDeadline calculate(String id, Instant time, AnswerTime at, Duration window) {
        return kept(new Reading(id, time), time, at, () -> near(time, at, window));
    }

    /** Calculates the deadline of an event that is announced long before, such as a scheduled reboot. */
    public synchronized CalculatedDeadline calculatePlanned(String id, Instant time, AnswerTime at) {
        return kept(new Reading(id, time), time, at, () -> {
            Duration left = left(time, at);
            boolean far = left.compareTo(MAX_PLANNED) > 0;
            return calculated(time, at, far ? MAX_PLANNED : left,
                    far ? "time is over a year ahead, cut" : oddDate(time, at));
        });
    }

    /**
     * The end of {@code window} from when a notice without a usable time was first read, until it is gone.
     *
     * @param remark what is to be said of it
     */
    public synchronized CalculatedDeadline calculateWindow(String id, AnswerTime at, Duration window, String remark) {
        Instant date = at.date();
        Instant end = date != null && isNear(date, at.wallTime()) ? date.plus(window) : null;
        return kept(new Reading(id, Instant.MIN), end, at,
                () -> new CalculatedDeadline(new Deadline(at.nanos() + window.toNanos()), Duration.ZERO, null, remark));
    }

    /**
     * What was calculated at the first reading, or less where a later one shows that less is left.
     *
     * @param end the provider's time, or where a window without one ends by the provider's calendar; null where that is unknown
     */
    private CalculatedDeadline kept(Reading reading, @Nullable Instant end, AnswerTime at,
            Supplier<CalculatedDeadline> fresh) {
        Kept before = remembered.get(reading);
        if (before == null) {
            CalculatedDeadline first = fresh.get();
            remembered.put(reading, new Kept(first, end));
            return first;
        }
        Instant known = before.end();
        if (known == null || !isDateCredible(known, at)) {
            return before.calculatedDeadline();
        }
        Duration left = left(known, at);
        Deadline now = new Deadline(at.nanos() + Math.max(0, left.toNanos()));
        Deadline held = before.calculatedDeadline().deadline();
        if (!now.isBefore(held.minus(SAME))) {
            return before.calculatedDeadline();
        }
        Duration less = Duration.ofNanos(held.nanoTime() - now.nanoTime());
        CalculatedDeadline moved = new CalculatedDeadline(now, before.calculatedDeadline().pastBy(),
                before.calculatedDeadline().pastTime(),
                text(less) + " less is left by the provider's clock than by this machine's");
        remembered.put(reading, new Kept(moved, known));
        return moved;
    }

    /** Forgets windows of notices that are not among {@code present}: if one comes again, its window begins again. */
    public synchronized void keepWindows(Set<String> present) {
        remembered.keySet().removeIf(reading -> reading.time().equals(Instant.MIN) && !present.contains(reading.id()));
    }

    private static CalculatedDeadline near(Instant time, AnswerTime at, Duration window) {
        boolean byDate = isDateCredible(time, at);
        Duration left = left(time, at);
        Duration most = window.plus(SLACK);
        if (!byDate && (left.compareTo(READ_LATE.negated()) < 0 || left.compareTo(most) > 0)) {
            Duration past = left.isNegative() ? left.negated() : Duration.ZERO;
            return new CalculatedDeadline(new Deadline(at.nanos() + window.toNanos()), past,
                    past.isZero() ? null : time,
                    "no usable Date and " + text(left) + " left by the host's clock, taken as " + text(window));
        }
        if (left.compareTo(most) > 0) {
            return calculated(time, at, most,
                    text(left) + " left is more than this notice can give, cut to " + text(most));
        }
        return calculated(time, at, left, oddDate(time, at));
    }

    private static CalculatedDeadline calculated(Instant time, AnswerTime at, Duration left, String remark) {
        boolean past = left.isNegative();
        Duration by = past ? left.negated() : Duration.ZERO;
        Duration counted = past ? Duration.ZERO : left;
        String said = past ? "its time was " + text(by) + " ago" : remark;
        return new CalculatedDeadline(new Deadline(at.nanos() + counted.toNanos()), by,
                by.compareTo(READ_LATE) > 0 ? time : null,
                said);
    }

    private static Duration left(Instant time, AnswerTime at) {
        Instant date = at.date();
        return Duration.between(date != null && isDateCredible(time, at) ? date : at.wallTime(), time);
    }

    private static boolean isDateCredible(Instant time, AnswerTime at) {
        Instant date = at.date();
        return date != null && (isNear(date, at.wallTime()) || isNear(date, time));
    }

    private static boolean isNear(Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(CREDIBLE) <= 0;
    }

    private static String oddDate(Instant time, AnswerTime at) {
        return at.date() != null && !isDateCredible(time, at) ? "by the host's clock, the answer's Date is absurd" : "";
    }

    /** Whole seconds, as people write them. */
    private static String text(Duration duration) {
        return duration.toSeconds() + " s";
    }

    /** A time as it was read; no provider's time is {@link Instant#MIN}, which means none. */
    private record Reading(String id, Instant time) {}

    /** What was calculated, and the end by the provider's calendar where it is known. */
    private record Kept(CalculatedDeadline calculatedDeadline, @Nullable Instant end) {}
}
