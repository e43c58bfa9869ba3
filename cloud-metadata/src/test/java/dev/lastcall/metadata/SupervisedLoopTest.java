// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.metadata.SupervisedLoop.Next;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.metadata.testing.RecordingLoops;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SupervisedLoopTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualClock clock = new ManualClock();
    private final RecordingLoops observer = new RecordingLoops();
    private final AtomicInteger rounds = new AtomicInteger();
    private SupervisedLoop loop = loop(() -> Next.OVER);

    private SupervisedLoop loop(SupervisedLoop.Iteration iteration) {
        return new SupervisedLoop("part", clock, observer, iteration);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void runsAtOnceAndThenAfterEachPause() throws InterruptedException {
        loop = SupervisedLoop.every(SECOND, "part", clock, observer, rounds::incrementAndGet);
        loop.start();

        clock.run(Duration.ofMillis(3500), 1);

        assertThat(rounds).hasValue(4);
        assertThat(observer.events()).isEmpty();
    }

    @Test
    void noKindOfThrowableEndsItAndEachIsReportedOnce() throws InterruptedException {
        List<Throwable> faults = List.of(new IllegalStateException("a"), new StackOverflowError("b"),
                new NoClassDefFoundError("c"), new OutOfMemoryError("d"), new AssertionError("e"));
        loop = loop(() -> {
            int round = rounds.getAndIncrement();
            if (round < faults.size()) {
                throwAny(faults.get(round));
            }
            return Next.after(SECOND);
        });
        loop.start();

        clock.run(SupervisedLoop.MAX_FAULT_PAUSE.multipliedBy(faults.size() + 1), 1);

        assertThat(observer.events()).containsExactly("part failed: a", "part failed: b", "part failed: c",
                "part failed: d",
                "part failed: e", "part recovered");
        assertThat(loop.isRunning()).isTrue();
        assertThat(rounds.get()).isGreaterThan(faults.size());
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAny(Throwable fault) throws T {
        throw (T) fault;
    }

    @Test
    void aLoopThatAlwaysFailsIsTriedAtLeastEachSecondAndNotMuchMore() throws InterruptedException {
        loop = loop(() -> {
            rounds.incrementAndGet();
            throw new IllegalStateException("always");
        });
        loop.start();

        clock.run(Duration.ofMinutes(1), 1);

        assertThat(rounds.get()).isBetween(60, 130);
    }

    @Test
    void anObserverThatFailsEndsNothing() throws InterruptedException {
        loop = new SupervisedLoop("part", clock, new LoopObserver() {
            @Override
            public void failed(String part, Throwable fault) {
                throw new IllegalStateException("deaf");
            }

            @Override
            public void recovered(String part) {
                throw new IllegalStateException("deaf");
            }
        }, () -> {
            if (rounds.incrementAndGet() % 2 == 1) {
                throw new IllegalArgumentException("odd");
            }
            return Next.after(SECOND);
        });
        loop.start();

        clock.run(Duration.ofSeconds(10), 1);

        assertThat(rounds.get()).isGreaterThan(6);
    }

    @Test
    void wakingEndsThePauseAndAStrayInterruptionEndsNothing() throws InterruptedException {
        Thread[] own = new Thread[1];
        loop = loop(() -> {
            own[0] = Thread.currentThread();
            rounds.incrementAndGet();
            return Next.after(Duration.ofHours(1));
        });
        loop.start();
        clock.awaitSleepers(1);

        loop.wake();
        Awaitility.await().until(() -> rounds.get() == 2 && clock.sleepers() == 1);
        own[0].interrupt();

        Awaitility.await().until(() -> rounds.get() == 3 && clock.sleepers() == 1);
        assertThat(observer.events()).isEmpty();
    }

    @Test
    void wakingDuringARoundHasAnotherFollowAndDoesNotInterruptIt() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        loop = loop(() -> {
            if (rounds.incrementAndGet() == 1) {
                inside.countDown();
                assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
            }
            return Next.after(Duration.ofHours(1));
        });
        loop.start();
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();

        loop.wake();
        go.countDown();

        clock.awaitSleepers(1);
        assertThat(rounds).hasValue(2);
        assertThat(observer.events()).isEmpty();
    }

    @Test
    void endsWhenItsWorkIsDoneOrWhenClosed() throws InterruptedException {
        loop.start();
        Awaitility.await().until(() -> !loop.isRunning());
        assertThatThrownBy(loop::start).isInstanceOf(IllegalStateException.class);

        loop = SupervisedLoop.every(SECOND, "part", clock, observer, rounds::incrementAndGet);
        loop.start();
        clock.awaitSleepers(1);
        loop.close();

        assertThat(loop.isRunning()).isFalse();
        SupervisedLoop late = loop(() -> Next.OVER);
        late.close();
        late.start();
        assertThat(late.isRunning()).isFalse();
    }
}
