// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import dev.lastcall.metadata.NodeClock;

/** Looks at the agent and the server from outside, and keeps when what was first seen. Thread-safe. */
final class DrainWatch implements AutoCloseable {

    private static final Duration PACE = Duration.ofMillis(25);

    private final AtomicLong unready = new AtomicLong(Sightings.NEVER);
    private final AtomicLong cutting = new AtomicLong(Sightings.NEVER);
    private final AtomicLong gone = new AtomicLong(Sightings.NEVER);
    private final AgentProcess agent;
    private final Thread looks;

    DrainWatch(AgentProcess agent, LlamaServer server) {
        this.agent = agent;
        server.onExit(() -> gone.compareAndSet(Sightings.NEVER, System.nanoTime()));
        this.looks = Thread.ofVirtual().name("watch").start(this::look);
    }

    private void look() {
        try {
            while (true) {
                mark(unready, () -> !agent.isReady());
                if (isUnready()) {
                    mark(cutting, () -> agent.server().path("phase").asString("").equals("cutting"));
                }
                NodeClock.system().sleep(PACE);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private static void mark(AtomicLong first, BooleanSupplier seen) {
        if (first.get() == Sightings.NEVER && seen.getAsBoolean()) {
            first.set(System.nanoTime());
        }
    }

    /** Whether the agent's readiness has turned clients away. */
    boolean isUnready() {
        return unready.get() != Sightings.NEVER;
    }

    /** Whether the cut has been seen to begin. */
    boolean isCutting() {
        return cutting.get() != Sightings.NEVER;
    }

    /** Whether the server's process is gone. */
    boolean isGone() {
        return gone.get() != Sightings.NEVER;
    }

    /** What has been seen so far of a notice that could be seen from {@code noticeNanos} on. */
    Sightings sightings(long noticeNanos) {
        return new Sightings(noticeNanos, unready.get(), gone.get(), agent.isAlive());
    }

    @Override
    public void close() {
        looks.interrupt();
    }
}
