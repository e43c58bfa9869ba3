// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;

import dev.lastcall.metadata.testing.ManualClock;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeadlineCalculatorTest {

    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final Instant TRUE_NOW = ManualClock.START;

    private final ManualClock clock = new ManualClock();
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    @Test
    void countsFromTheAnswersDateHoweverWrongTheHostClock() {
        for (Duration skew : new Duration[]{Duration.ZERO, Duration.ofHours(1), Duration.ofHours(-1),
            Duration.ofDays(20_000)}) {
            CalculatedDeadline calculatedDeadline = new DeadlineCalculator().calculate("x", TRUE_NOW.plusSeconds(118),
                    new AnswerTime(clock.nanoTime(), TRUE_NOW.plus(skew), TRUE_NOW), WINDOW);
            assertThat(left(calculatedDeadline)).as("skew %s", skew).isEqualTo(Duration.ofSeconds(118));
            assertThat(calculatedDeadline.remark()).isEmpty();
        }
    }

    @Test
    void withoutADateTheHostClockIsUsed() {
        assertThat(left(calculate(118, TRUE_NOW, null))).isEqualTo(Duration.ofSeconds(118));
    }

    @Test
    void withoutADateAWrongHostClockLeavesTheDefaultWindow() {
        for (long skew : new long[]{3600, -3600, 86_400_000}) {
            CalculatedDeadline calculatedDeadline = new DeadlineCalculator().calculate("x", TRUE_NOW.plusSeconds(118),
                    new AnswerTime(clock.nanoTime(), TRUE_NOW.plusSeconds(skew), null), WINDOW);
            assertThat(left(calculatedDeadline)).isEqualTo(WINDOW);
            assertThat(calculatedDeadline.remark()).contains("host's clock");
        }
    }

    @Test
    void absurdDateIsNotBelieved() {
        CalculatedDeadline calculatedDeadline = calculate(118, TRUE_NOW, Instant.EPOCH);

        assertThat(left(calculatedDeadline)).isEqualTo(Duration.ofSeconds(118));
        assertThat(calculatedDeadline.remark()).contains("absurd");
    }

    @Test
    void timeInThePastLeavesNothing() {
        CalculatedDeadline calculatedDeadline = calculate(-5, TRUE_NOW, TRUE_NOW);

        assertThat(left(calculatedDeadline)).isZero();
        assertThat(calculatedDeadline.pastBy()).isEqualTo(Duration.ofSeconds(5));
        assertThat(calculatedDeadline.describe("gone")).isEqualTo("gone (its time was 5 s ago)");
    }

    @Test
    void timeFarAheadIsCutToTheWindowAndItsSlack() {
        CalculatedDeadline calculatedDeadline = calculate(10_800, TRUE_NOW, TRUE_NOW);

        assertThat(left(calculatedDeadline)).isEqualTo(Duration.ofMinutes(3));
        assertThat(calculatedDeadline.remark()).contains("10800 s left", "cut to 180 s");
    }

    @Test
    void sameTimeIsCalculatedOnce() {
        CalculatedDeadline first = calculate(118, TRUE_NOW, TRUE_NOW.minusMillis(900));
        clock.advance(Duration.ofMillis(300));
        CalculatedDeadline again = calculate(118, TRUE_NOW, TRUE_NOW);

        assertThat(again).isEqualTo(first);
        assertThat(calculate(117, TRUE_NOW, TRUE_NOW)).isNotEqualTo(first);
    }

    @Test
    void windowOfANoticeWithoutATimeBeginsAgainOnlyOnceItIsGone() {
        CalculatedDeadline first = deadlineCalculator.calculateWindow("x", AnswerTime.now(clock), WINDOW, "");
        clock.advance(Duration.ofSeconds(10));
        assertThat(deadlineCalculator.calculateWindow("x", AnswerTime.now(clock), WINDOW, "")).isEqualTo(first);
        deadlineCalculator.keepWindows(Set.of("x"));
        assertThat(deadlineCalculator.calculateWindow("x", AnswerTime.now(clock), WINDOW, "")).isEqualTo(first);
        deadlineCalculator.keepWindows(Set.of());

        assertThat(left(deadlineCalculator.calculateWindow("x", AnswerTime.now(clock), WINDOW, ""))).isEqualTo(WINDOW);
    }

    @Test
    void plannedTimeIsCountedInDays() {
        AnswerTime at = new AnswerTime(clock.nanoTime(), TRUE_NOW, TRUE_NOW);
        assertThat(left(deadlineCalculator.calculatePlanned("x", TRUE_NOW.plus(Duration.ofDays(14)), at)))
                .isEqualTo(Duration.ofDays(14));
        assertThat(left(deadlineCalculator.calculatePlanned("y", TRUE_NOW.plus(Duration.ofDays(40_000)), at)))
                .isEqualTo(DeadlineCalculator.MAX_PLANNED);
        assertThat(deadlineCalculator.calculatePlanned("z", TRUE_NOW.minusSeconds(1), at).wasPast()).isTrue();
    }

    @Test
    void aPausedMachineFindsLessLeftAtItsNextReading() {
        Instant time = TRUE_NOW.plusSeconds(100);
        CalculatedDeadline first = deadlineCalculator.calculate("x", time,
                new AnswerTime(clock.nanoTime(), TRUE_NOW, TRUE_NOW), WINDOW);
        // The host holds the machine for 40 s: only the provider's calendar has gone on.
        clock.advance(Duration.ofSeconds(1));
        CalculatedDeadline second = deadlineCalculator.calculate("x", time,
                new AnswerTime(clock.nanoTime(), TRUE_NOW.plusSeconds(1), TRUE_NOW.plusSeconds(41)), WINDOW);

        assertThat(left(first)).isEqualTo(Duration.ofSeconds(99));
        assertThat(left(second)).isEqualTo(Duration.ofSeconds(59));
        assertThat(second.remark()).contains("40 s less is left");
    }

    @Test
    void alsoAWindowWithoutATimeShrinksByAPause() {
        deadlineCalculator.calculateWindow("x", new AnswerTime(clock.nanoTime(), TRUE_NOW, TRUE_NOW), WINDOW, "");

        assertThat(left(deadlineCalculator.calculateWindow("x",
                new AnswerTime(clock.nanoTime(), TRUE_NOW, TRUE_NOW.plusSeconds(90)), WINDOW, "")))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(left(deadlineCalculator.calculateWindow("x",
                new AnswerTime(clock.nanoTime(), TRUE_NOW, TRUE_NOW.plusSeconds(500)), WINDOW, ""))).isZero();
    }

    @Test
    void aStepOfTheHostsCalendarChangesNothing() {
        for (int step : new int[]{-3600, 3600, 30}) {
            CalculatedDeadline first = deadlineCalculator.calculate("x", TRUE_NOW.plusSeconds(100),
                    new AnswerTime(clock.nanoTime(), TRUE_NOW, null), WINDOW);
            assertThat(deadlineCalculator.calculate("x", TRUE_NOW.plusSeconds(100),
                    new AnswerTime(clock.nanoTime(), TRUE_NOW.plusSeconds(step), null), WINDOW)).isEqualTo(first);
        }
    }

    /** Whatever the delays and the fractions of seconds that a Date loses, without a pause nothing moves. */
    @Property(tries = 500)
    void withoutAPauseEveryReadingGivesTheSameDeadline(
            @ForAll @Size(max = 30) List<@IntRange(max = 5_000) Integer> pauses,
            @ForAll @IntRange(max = 400) int delay, @ForAll @IntRange(max = 999) int phase) {
        ManualClock ran = new ManualClock(TRUE_NOW.plusMillis(phase));
        DeadlineCalculator one = new DeadlineCalculator();
        Instant time = TRUE_NOW.plusSeconds(118);
        CalculatedDeadline first = one.calculate("x", time, at(ran, delay), WINDOW);
        for (int pause : pauses) {
            ran.advance(Duration.ofMillis(pause));
            assertThat(one.calculate("x", time, at(ran, 0), WINDOW).deadline()).isEqualTo(first.deadline());
        }
    }

    /** The deadline that holds is never later than the provider's time, nor much earlier, however the machine is paused. */
    @Property(tries = 500)
    void afterPausesTheDeadlineIsThatOfTheProvider(@ForAll @Size(max = 20) List<@IntRange(max = 30_000) Integer> pauses,
            @ForAll @IntRange(max = 999) int phase) {
        ManualClock here = new ManualClock(TRUE_NOW.plusMillis(phase));
        ManualClock provider = new ManualClock(TRUE_NOW.plusMillis(phase));
        DeadlineCalculator one = new DeadlineCalculator();
        Instant time = TRUE_NOW.plusSeconds(118);
        for (int pause : pauses) {
            CalculatedDeadline calculatedDeadline = one.calculate("x", time,
                    new AnswerTime(here.nanoTime(), here.wallTime(),
                            provider.wallTime().truncatedTo(ChronoUnit.SECONDS)),
                    WINDOW);
            Duration counted = Duration.ofNanos(calculatedDeadline.deadline().nanoTime() - here.nanoTime());
            Duration really = Duration.between(provider.wallTime(), time);
            assertThat(counted)
                    .isLessThanOrEqualTo(longer(really, Duration.ZERO).plus(DeadlineCalculator.SAME).plusSeconds(1));
            here.advance(Duration.ofSeconds(1));
            provider.advance(Duration.ofSeconds(1).plusMillis(pause));
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** An answer that was dated {@code delay} milliseconds before it came. */
    private static AnswerTime at(ManualClock clock, int delay) {
        return new AnswerTime(clock.nanoTime(), clock.wallTime(),
                clock.wallTime().minusMillis(delay).truncatedTo(ChronoUnit.SECONDS));
    }

    @Property(tries = 2_000)
    void whatIsLeftIsAlwaysWithinZeroAndTheWindowWithItsSlack(
            @ForAll @LongRange(min = 0, max = 7_000_000_000L) long time,
            @ForAll @LongRange(min = 0, max = 7_000_000_000L) long date,
            @ForAll @LongRange(min = 0, max = 7_000_000_000L) long wall) {
        CalculatedDeadline calculatedDeadline = new DeadlineCalculator().calculate("x", Instant.ofEpochSecond(time),
                new AnswerTime(clock.nanoTime(), Instant.ofEpochSecond(wall), Instant.ofEpochSecond(date)), WINDOW);
        assertThat(left(calculatedDeadline)).isBetween(Duration.ZERO, WINDOW.plus(DeadlineCalculator.SLACK));
    }

    private CalculatedDeadline calculate(long seconds, Instant wall, @Nullable Instant date) {
        return deadlineCalculator.calculate("x", TRUE_NOW.plusSeconds(seconds),
                new AnswerTime(clock.nanoTime(), wall, date),
                WINDOW);
    }

    private Duration left(CalculatedDeadline calculatedDeadline) {
        return Duration.ofNanos(calculatedDeadline.deadline().nanoTime() - clock.nanoTime());
    }
}
