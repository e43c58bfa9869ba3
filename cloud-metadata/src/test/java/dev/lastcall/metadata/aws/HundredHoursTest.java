// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.http.MetadataRequest.Method;
import dev.lastcall.metadata.testing.FakeServer;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HundredHoursTest {

    @Test
    void hundredHoursOfNothingLeaveNothingBehind() throws Exception {
        // Handing over 700,000 times between virtual threads is far cheaper than between one and a platform thread.
        FutureTask<Boolean> hours = new FutureTask<>(() -> {
            play();
            return true;
        });
        Thread.ofVirtual().start(hours);
        assertThat(hours.get()).isTrue();
    }

    private static void play() throws InterruptedException {
        ManualClock clock = new ManualClock();
        FakeServer imds = new FakeServer(clock);
        imds.forgetRequests();
        AtomicInteger tokens = new AtomicInteger();
        imds.script(request -> {
            if (request.method() == Method.PUT) {
                return imds.ok("token-" + tokens.incrementAndGet());
            }
            return request.path().endsWith("life-cycle") ? imds.ok("spot") : null;
        });
        List<NoticeEvent> events = new ArrayList<>();
        NoticeBoard board = new NoticeBoard(clock, List.of(events::add));
        NoticeSource source = new AwsSources(AwsSettings.defaults(), imds, clock, new Random(4)).sources().getFirst();
        board.expect(source);
        source.start(board);
        clock.run(Duration.ofHours(1), 1);
        long early = usedHeap();
        clock.run(Duration.ofHours(99), 1);
        long late = usedHeap();
        BoardSnapshot snapshot = board.snapshot();
        source.close();

        assertThat(events).isEmpty();
        assertThat(snapshot.notices()).isEmpty();
        assertThat(snapshot.sources()).hasSize(1);
        assertThat(snapshot.blind()).isFalse();
        assertThat(snapshot.sources().getFirst().looks()).isBetween(360_000L, 400_000L);
        // On a thread of its own, beside a clock that does hours in milliseconds: at the latest the old one has run out.
        assertThat(tokens.get()).as("one each 4.8 hours, or each 6 where the machine is slow").isBetween(17, 22);
        assertThat(clock.sleepers()).isZero();
        assertThat(late - early).as("heap growth in bytes").isLessThan(4 * 1024 * 1024);
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
