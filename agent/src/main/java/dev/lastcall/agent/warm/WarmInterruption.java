// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.warmup.Warmup;

/**
 * What ends a warm-up before it is done: its time is up, or the process is asked to end (SIGINT, SIGTERM). Then the
 * process waits, for a bounded time, until the state is written down and the last message is out.
 */
final class WarmInterruption implements AutoCloseable {

    /** Stopping takes less than a second; a disk that hangs must not hold the process. */
    private static final Duration LAST_WORD = Duration.ofSeconds(5);

    private final CountDownLatch said = new CountDownLatch(1);
    private final AtomicReference<Cause> cause = new AtomicReference<>(Cause.NONE);
    private final Warmup warmup;
    private final Thread hook;
    private final Optional<Thread> alarm;

    /** What ended it. */
    enum Cause {
        /** Nothing from outside. */
        NONE,
        /** Its time was up. */
        TIMEOUT,
        /** The process is asked to end. */
        INTERRUPTED
    }

    private WarmInterruption(Warmup warmup, Optional<Duration> timeout, NodeClock clock) {
        this.warmup = warmup;
        this.hook = new Thread(this::interrupted, "stopping");
        this.alarm = timeout.map(bound -> Thread.ofVirtual().name("timeout").unstarted(() -> timeOut(bound, clock)));
    }

    static WarmInterruption of(Warmup warmup, Optional<Duration> timeout, NodeClock clock) {
        WarmInterruption warmInterruption = new WarmInterruption(warmup, timeout, clock);
        try {
            Runtime.getRuntime().addShutdownHook(warmInterruption.hook);
        } catch (IllegalStateException endingAlready) {
            warmInterruption.stop(Cause.INTERRUPTED);
        }
        warmInterruption.alarm.ifPresent(Thread::start);
        return warmInterruption;
    }

    private void interrupted() {
        stop(Cause.INTERRUPTED);
        try {
            boolean inTime = said.await(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS);
            if (!inTime) {
                cause.set(Cause.INTERRUPTED);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void timeOut(Duration bound, NodeClock clock) {
        try {
            clock.sleep(bound);
            stop(Cause.TIMEOUT);
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop(Cause why) {
        if (cause.compareAndSet(Cause.NONE, why)) {
            warmup.cancel();
        }
    }

    Cause cause() {
        return cause.get();
    }

    /** The last word is said. */
    @Override
    public void close() {
        alarm.ifPresent(Thread::interrupt);
        said.countDown();
        if (cause.get() != Cause.INTERRUPTED) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException endingAlready) {
                // The hook runs, and finds that all is said.
                return;
            }
        }
    }
}
