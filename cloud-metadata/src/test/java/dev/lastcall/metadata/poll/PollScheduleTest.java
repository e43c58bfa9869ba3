// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.time.Duration;
import java.util.Random;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.Observation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PollScheduleTest {

    private static final long SECOND = 1_000_000_000L;
    private final PollSchedule schedule = new PollSchedule(() -> Duration.ofSeconds(1), new Random(7));

    @Test
    void looksUpToATenthEarlierAndNeverLater() {
        long start = 0;
        long sum = 0;
        for (int i = 0; i < 1_000; i++) {
            long next = schedule.next(start, start + SECOND / 5, Observation.ABSENT);
            assertThat(next - start).isBetween(9 * SECOND / 10, SECOND);
            sum += next - start;
            start = next;
        }
        assertThat(sum / 1_000).isBetween(93 * SECOND / 100, 97 * SECOND / 100);
    }

    @Test
    void lookThatTookLongerThanTheIntervalIsFollowedAtOnce() {
        assertThat(schedule.next(0, 5 * SECOND, Observation.ABSENT)).isEqualTo(5 * SECOND);
    }

    @Test
    void failuresAreSpacedUpToFiveSecondsAndForgottenAfterASuccess() {
        for (int round = 0; round < 200; round++) {
            for (int failure = 0; failure < 12; failure++) {
                long pause = schedule.next(0, 0, unknown(Kind.SERVER_ERROR));
                assertThat(pause).isBetween(Math.min(SECOND, (SECOND / 4) << failure) / 2,
                        Math.min(SECOND, (SECOND / 4) << failure));
            }
            schedule.next(0, 0, Observation.ABSENT);
        }
    }

    @Test
    void longOutageIsAskedAboutAtLeastOnceASecondAndNotInStep() {
        long sum = 0;
        for (int i = 0; i < 2_000; i++) {
            sum += schedule.next(0, 0, unknown(Kind.UNREACHABLE));
        }
        assertThat(sum / 2_000).isBetween(72 * SECOND / 100, 78 * SECOND / 100);
    }

    @Test
    void answerThatIsNotUnderstoodIsAskedForAgainAtOnceButOnlyOnce() {
        assertThat(schedule.next(0, 7, unknown(Kind.MALFORMED))).isEqualTo(7);
        long pauses = 0;
        for (int i = 0; i < 20; i++) {
            pauses += schedule.next(0, 0, unknown(Kind.MALFORMED));
        }
        assertThat(pauses).isGreaterThan(SECOND);
    }

    private static Observation unknown(Kind kind) {
        return new Observation.Unknown(new MetadataProblem(kind, "scripted"));
    }
}
