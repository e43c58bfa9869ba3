// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What the engine does where a store, a connection or a limit sets the pace. */
@Timeout(60)
class FetchPaceTest extends FetchRig {

    @Test
    void aStalledConnectionIsGivenUpAndTheRestFetchedOnAnother() throws Exception {
        byte[] bytes = put("a", 2 * PART);
        script(PROBES, new Fault.Stall(100), new Fault.Stall(0));

        // By one worker: of two, either may meet the first stall.
        FetchProgress end = fetch(SETTINGS.withMaxConnections(1), "a").run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(end.abandoned()).isPositive();
        assertThat(server.requests()).as("asked again from the byte reached")
                .anyMatch(request -> request.header("range").startsWith("bytes=100-"));
    }

    @Test
    void partsThatStallTogetherAreAllAskedForAgain() throws Exception {
        byte[] bytes = put("a", 32 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        AtomicInteger turn = new AtomicInteger();
        server.script(request -> turn.getAndIncrement() < 6 ? new Fault.Stall(10) : new Fault.None());

        FetchProgress end = fetch.run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(end.abandoned()).isPositive();
        assertThat(end.receivedBytes()).as("what had come was not asked for again").isEqualTo(bytes.length);
    }

    @Test
    void anOverloadedStoreIsAskedLessAndAtLastAnswers() throws Exception {
        byte[] bytes = put("a", 30 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        AtomicInteger turn = new AtomicInteger();
        server.script(request -> turn.getAndIncrement() % 2 == 0
                ? new Fault.Status(503, List.of(), "SlowDown")
                : new Fault.None());

        FetchProgress end = fetch.run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(end.throttled()).isPositive();
        assertThat(end.connections()).isLessThan(8);
    }

    /** Those that are refused at the edge leave what they hold to the others, and are not counted against the store twice. */
    @Test
    void aStoreThatGrantsFewConnectionsRefusesFewRequests() throws Exception {
        byte[] bytes = put("a", 400 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        server.script(request -> server.activeRequests() > 5
                ? new Fault.Status(503, List.of(), "SlowDown")
                : new Fault.Slow(16L * PART));

        FetchProgress end = fetch.run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(end.throttled()).isPositive().isLessThan(end.requests() / 2);
        assertThat(end.connections()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void aStoreThatWasOverloadedForAWhileGetsItsConnectionsBack() throws Exception {
        byte[] bytes = put("a", 400 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        AtomicInteger turn = new AtomicInteger();
        server.script(request -> turn.getAndIncrement() < 60 && turn.get() % 2 == 0
                ? new Fault.Status(503, List.of("Retry-After: 0"), "SlowDown")
                : new Fault.Slow(8L * PART));
        AtomicInteger fewest = new AtomicInteger(Integer.MAX_VALUE);
        AtomicInteger most = new AtomicInteger();
        Thread looker = Thread.ofVirtual().start(() -> {
            while (fetch.progress().doneBytes() < bytes.length && !Thread.currentThread().isInterrupted()) {
                FetchProgress now = fetch.progress();
                boolean isOver = turn.get() > 60;
                if (!isOver && now.throttled() > 0 && now.connections() > 0) {
                    fewest.accumulateAndGet(now.connections(), Math::min);
                } else if (isOver) {
                    most.accumulateAndGet(now.connections(), Math::max);
                }
                LockSupport.parkNanos(5_000_000);
            }
        });

        FetchProgress end = fetch.run();
        looker.interrupt();
        looker.join();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(end.throttled()).isGreaterThanOrEqualTo(20);
        assertThat(most.get()).as("more at once when it was over than in the middle of it").isGreaterThan(fewest.get());
    }

    @Test
    void oneConnectionThatCrawlsDoesNotHoldTheWholeUp() throws Exception {
        byte[] bytes = put("a", 60 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        AtomicInteger turn = new AtomicInteger();
        server.script(request -> new Fault.Slow(turn.getAndIncrement() == 0 ? 100 : 2L * PART));

        fetch.run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    @Test
    void aConnectionThatCrawlsWithTheLastOfTheFileIsHelped() throws Exception {
        byte[] bytes = put("a", 24 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        int last = 23 * PART;
        AtomicInteger crawling = new AtomicInteger();
        server.script(request -> {
            boolean hasLast = !request.isProbe() && request.header("range").endsWith("-" + (24 * PART - 1));
            return hasLast && crawling.getAndIncrement() == 0 ? new Fault.Slow(PART / 100) : new Fault.Slow(16L * PART);
        });

        FetchProgress end = fetch.run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(server.requests().stream().filter(request -> firstOf(request) >= last).count())
                .as("the last part was asked for on another connection too")
                .isGreaterThanOrEqualTo(2);
        assertThat(end.receivedBytes()).as("help is not a second download").isLessThan(bytes.length + 4L * PART);
    }

    @Test
    void theBandwidthLimitIsObeyedAndCanBeLifted() throws Exception {
        byte[] bytes = put("a", 64 * PART);
        bandwidth.limitTo(16L * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        long began = System.nanoTime();
        Thread lifter = Thread.ofVirtual().start(() -> {
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> fetch.progress().doneBytes() >= 32L * PART);
            bandwidth.limitTo(Bandwidth.UNLIMITED);
        });

        fetch.run();
        lifter.join();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1800));
    }

    @Test
    void aLimitThatIsLoweredAndRaisedWhileItRunsIsObeyed() throws Exception {
        byte[] bytes = put("a", 400 * PART);
        long low = 40L * PART;
        bandwidth.limitTo(200L * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        AtomicLong overdrawn = new AtomicLong(Long.MAX_VALUE);
        Thread operator = Thread.ofVirtual().start(() -> {
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> fetch.progress().doneBytes() > 40L * PART);
            bandwidth.limitTo(low);
            long began = System.nanoTime();
            long before = fetch.progress().receivedBytes();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> System.nanoTime() - began > Duration.ofSeconds(3).toNanos());
            long received = fetch.progress().receivedBytes() - before;
            overdrawn.set(received - (long) (low * 1.05 * (System.nanoTime() - began) / 1e9));
            bandwidth.limitTo(Bandwidth.UNLIMITED);
        });

        FetchProgress end = fetch.run();
        operator.join();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(overdrawn.get()).as("beyond the limit only what each connection had in hand")
                .isLessThanOrEqualTo((long) SETTINGS.maxConnections() * PART);
        assertThat(end.spent().limited()).isPositive();
    }

    private static long firstOf(ScriptedStore.Request request) {
        String range = request.header("range");
        return request.isProbe() ? -1 : Long.parseLong(range.substring("bytes=".length(), range.indexOf('-')));
    }
}
