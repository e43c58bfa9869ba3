// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import dev.lastcall.metadata.testing.ManualClock;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReckonerTest {

    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final Instant TRUE_NOW = ManualClock.START;

    private final ManualClock clock = new ManualClock();
    private final Reckoner reckoner = new Reckoner();

    @Test
    void countsFromTheAnswersDateHoweverWrongTheHostClock() {
        for (Duration skew : new Duration[]{Duration.ZERO, Duration.ofHours(1), Duration.ofHours(-1),
            Duration.ofDays(20_000)}) {
            Reckoned reckoned = new Reckoner().reckon("x", TRUE_NOW.plusSeconds(118),
                    new AnswerTime(clock.nanoTime(), TRUE_NOW.plus(skew), TRUE_NOW), WINDOW);
            assertThat(left(reckoned)).as("skew %s", skew).isEqualTo(Duration.ofSeconds(118));
            assertThat(reckoned.remark()).isEmpty();
        }
    }

    @Test
    void withoutADateTheHostClockStandsIn() {
        assertThat(left(reckon(118, TRUE_NOW, null))).isEqualTo(Duration.ofSeconds(118));
    }

    @Test
    void withoutADateAWrongHostClockLeavesTheDefaultWindow() {
        for (long skew : new long[]{3600, -3600, 86_400_000}) {
            Reckoned reckoned = new Reckoner().reckon("x", TRUE_NOW.plusSeconds(118),
                    new AnswerTime(clock.nanoTime(), TRUE_NOW.plusSeconds(skew), null), WINDOW);
            assertThat(left(reckoned)).isEqualTo(WINDOW);
            assertThat(reckoned.remark()).contains("host's clock");
        }
    }

    @Test
    void absurdDateIsNotBelieved() {
        Reckoned reckoned = reckon(118, TRUE_NOW, Instant.EPOCH);

        assertThat(left(reckoned)).isEqualTo(Duration.ofSeconds(118));
        assertThat(reckoned.remark()).contains("absurd");
    }

    @Test
    void timeInThePastLeavesNothing() {
        Reckoned reckoned = reckon(-5, TRUE_NOW, TRUE_NOW);

        assertThat(left(reckoned)).isZero();
        assertThat(reckoned.pastBy()).isEqualTo(Duration.ofSeconds(5));
        assertThat(reckoned.describe("gone")).isEqualTo("gone (its time was 5 s ago)");
    }

    @Test
    void timeFarAheadIsCutToTheWindowAndItsSlack() {
        Reckoned reckoned = reckon(10_800, TRUE_NOW, TRUE_NOW);

        assertThat(left(reckoned)).isEqualTo(Duration.ofMinutes(3));
        assertThat(reckoned.remark()).contains("10800 s left", "cut to 180 s");
    }

    @Test
    void sameTimeIsReckonedOnce() {
        Reckoned first = reckon(118, TRUE_NOW, TRUE_NOW.minusMillis(900));
        clock.advance(Duration.ofMillis(300));
        Reckoned again = reckon(118, TRUE_NOW, TRUE_NOW);

        assertThat(again).isEqualTo(first);
        assertThat(reckon(117, TRUE_NOW, TRUE_NOW)).isNotEqualTo(first);
    }

    @Test
    void windowOfANoticeWithoutATimeBeginsAnewOnlyOnceItIsGone() {
        Reckoned first = reckoner.reckonWindow("x", AnswerTime.now(clock), WINDOW, "");
        clock.advance(Duration.ofSeconds(10));
        assertThat(reckoner.reckonWindow("x", AnswerTime.now(clock), WINDOW, "")).isEqualTo(first);
        reckoner.keepWindows(Set.of("x"));
        assertThat(reckoner.reckonWindow("x", AnswerTime.now(clock), WINDOW, "")).isEqualTo(first);
        reckoner.keepWindows(Set.of());

        assertThat(left(reckoner.reckonWindow("x", AnswerTime.now(clock), WINDOW, ""))).isEqualTo(WINDOW);
    }

    @Test
    void plannedTimeIsCountedInDays() {
        AnswerTime at = new AnswerTime(clock.nanoTime(), TRUE_NOW, TRUE_NOW);
        assertThat(left(reckoner.reckonPlanned("x", TRUE_NOW.plus(Duration.ofDays(14)), at)))
                .isEqualTo(Duration.ofDays(14));
        assertThat(left(reckoner.reckonPlanned("y", TRUE_NOW.plus(Duration.ofDays(40_000)), at)))
                .isEqualTo(Reckoner.MAX_PLANNED);
        assertThat(reckoner.reckonPlanned("z", TRUE_NOW.minusSeconds(1), at).wasPast()).isTrue();
    }

    @Property(tries = 2_000)
    void whatIsLeftIsAlwaysWithinZeroAndTheWindowWithItsSlack(
            @ForAll @LongRange(min = 0, max = 7_000_000_000L) long time,
            @ForAll @LongRange(min = 0, max = 7_000_000_000L) long date,
            @ForAll @LongRange(min = 0, max = 7_000_000_000L) long wall) {
        Reckoned reckoned = new Reckoner().reckon("x", Instant.ofEpochSecond(time),
                new AnswerTime(clock.nanoTime(), Instant.ofEpochSecond(wall), Instant.ofEpochSecond(date)), WINDOW);
        assertThat(left(reckoned)).isBetween(Duration.ZERO, WINDOW.plus(Reckoner.SLACK));
    }

    private Reckoned reckon(long seconds, Instant wall, @Nullable Instant date) {
        return reckoner.reckon("x", TRUE_NOW.plusSeconds(seconds), new AnswerTime(clock.nanoTime(), wall, date),
                WINDOW);
    }

    private Duration left(Reckoned reckoned) {
        return Duration.ofNanos(reckoned.deadline().nanoTime() - clock.nanoTime());
    }
}
