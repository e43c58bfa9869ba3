// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.metadata.testing.RecordingSink;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class PollingSourceTest {

    private final ManualClock clock = new ManualClock();
    private final RecordingSink sink = new RecordingSink();

    @Test
    void looksAtOnceAndThenAtItsPace() throws InterruptedException {
        try (PollingSource source = source(() -> Observation.ABSENT)) {
            source.start(sink);
            clock.awaitSleepers(1);
            assertThat(sink.seen()).hasSize(1);
            clock.run(Duration.ofSeconds(100), 1);
            assertThat(sink.seen()).hasSizeBetween(92, 112);
        }
    }

    @Test
    void livesOnWhenItsLookThrows() throws InterruptedException {
        try (PollingSource source = source(() -> {
            throw new IllegalStateException("a bug");
        })) {
            source.start(sink);
            clock.run(Duration.ofSeconds(60), 1);
            assertThat(sink.seen()).hasSizeGreaterThan(10);
            assertThat(sink.problem().kind()).isEqualTo(MetadataProblem.Kind.MALFORMED);
            assertThat(sink.problem().message()).contains("a bug");
        }
    }

    @Test
    void endsWhileItsLookHangs() {
        CountDownLatch never = new CountDownLatch(1);
        PollingSource source = source(() -> {
            never.await();
            return Observation.ABSENT;
        });
        source.start(sink);
        source.close();
        source.close();

        await().pollDelay(Duration.ZERO).until(() -> sink.seen().isEmpty());
        assertThat(clock.sleepers()).isZero();
    }

    @Test
    void isStartedOnce() {
        try (PollingSource source = source(() -> Observation.ABSENT)) {
            source.start(sink);
            assertThatThrownBy(() -> source.start(sink)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("scripted");
        }
    }

    private PollingSource source(Poll poll) {
        return new PollingSource("scripted", NoticeSource.Role.DECISIVE, poll,
                new PollSchedule(() -> Duration.ofSeconds(1), new Random(3)), clock);
    }
}
