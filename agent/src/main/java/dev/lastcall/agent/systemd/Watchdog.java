// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies systemd that the agent is well for as long as every part of it gets its work done. Once a part does not, systemd
 * gets no more notifications; it ends and restarts the agent when its timeout is over. Runs on a virtual thread, so that
 * the notifications end too when virtual threads no longer run.
 */
public final class Watchdog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

    /** Rounds in the time that systemd waits: two may fail or be late. */
    private static final int ROUNDS = 3;

    private final ServiceManager manager;
    private final List<Part> parts;
    private final Duration interval;
    private final NodeClock clock;
    private final SupervisedLoop loop;
    private boolean ill; // of the thread

    /**
     * A part of the agent that must not stand still.
     *
     * @param name for people
     * @param executor where it does its work: an event loop, say; a task that it takes and never runs is a part that hangs
     */
    public record Part(String name, Executor executor) {}

    private Watchdog(ServiceManager manager, Duration patience, List<Part> parts, NodeClock clock,
            LoopObserver loops) {
        this.manager = manager;
        this.parts = List.copyOf(parts);
        this.interval = patience.dividedBy(ROUNDS);
        this.clock = clock;
        this.loop = SupervisedLoop.every(interval, "watchdog", clock, loops, this::round);
    }

    /** Begins, where systemd watches at all. */
    public static Watchdog start(ServiceManager manager, List<Part> parts, NodeClock clock, LoopObserver loops) {
        var watchdog = new Watchdog(manager, manager.watchdog().orElse(Duration.ZERO), parts, clock, loops);
        if (manager.watchdog().isPresent()) {
            watchdog.loop.start();
        }
        return watchdog;
    }

    private void round() throws InterruptedException {
        List<String> silent = silent();
        if (silent.isEmpty()) {
            manager.alive();
        } else if (!ill) {
            log.atError()
                    .addKeyValue("parts", String.join(",", silent))
                    .log("parts of the agent stand still; systemd will restart it unless they go on");
        }
        ill = !silent.isEmpty();
    }

    /** The parts that do not get a task done within this round. */
    private List<String> silent() throws InterruptedException {
        List<CountDownLatch> done = new ArrayList<>();
        for (Part part : parts) {
            var latch = new CountDownLatch(1);
            done.add(latch);
            try {
                part.executor().execute(latch::countDown);
            } catch (RuntimeException refused) {
                log.atDebug().addKeyValue("part", part.name()).setCause(refused).log("a part takes no task");
            }
        }
        long until = clock.nanoTime() + interval.toNanos();
        List<String> silent = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (!done.get(i).await(Math.max(0, until - clock.nanoTime()), TimeUnit.NANOSECONDS)) {
                silent.add(parts.get(i).name());
            }
        }
        return silent;
    }

    /** Says no more. Idempotent. */
    @Override
    public void close() {
        loop.end();
    }
}
