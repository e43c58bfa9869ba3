// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import dev.lastcall.metadata.NodeClock;

/** Looks at the agent and the server from outside, and keeps when what was first seen. Thread-safe. */
final class DrainWatch implements AutoCloseable {

    /** What was not seen. */
    static final long NEVER = Long.MAX_VALUE;

    private static final Duration PACE = Duration.ofMillis(25);

    private final AtomicLong unready = new AtomicLong(NEVER);
    private final AtomicLong doorClosed = new AtomicLong(NEVER);
    private final AtomicLong cutting = new AtomicLong(NEVER);
    private final AtomicLong gone = new AtomicLong(NEVER);
    private final AgentProcess agent;
    private final Thread looks;

    DrainWatch(AgentProcess agent, LlamaServer server) {
        this.agent = agent;
        server.onExit(() -> gone.compareAndSet(NEVER, System.nanoTime()));
        this.looks = Thread.ofVirtual().name("watch").start(this::look);
    }

    private void look() {
        try {
            while (true) {
                mark(unready, () -> !agent.isReady());
                mark(doorClosed, () -> !agent.server().path("doorOpen").asBoolean(true));
                if (doorClosed.get() != NEVER) {
                    mark(cutting, () -> agent.server().path("phase").asString("").equals("cutting"));
                }
                NodeClock.system().sleep(PACE);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private static void mark(AtomicLong first, BooleanSupplier seen) {
        if (first.get() == NEVER && seen.getAsBoolean()) {
            first.set(System.nanoTime());
        }
    }

    /** Whether the agent's readiness has turned clients away. */
    boolean isUnready() {
        return unready.get() != NEVER;
    }

    /** When readiness was first seen to say no, on {@link System#nanoTime()}. */
    long unreadyNanos() {
        return unready.get();
    }

    /** When the door was first seen closed. */
    long doorClosedNanos() {
        return doorClosed.get();
    }

    /** Whether the cut has been seen to begin. */
    boolean isCutting() {
        return cutting.get() != NEVER;
    }

    /** Whether the server's process is gone. */
    boolean isGone() {
        return gone.get() != NEVER;
    }

    /** When the server's process ended. */
    long goneNanos() {
        return gone.get();
    }

    @Override
    public void close() {
        looks.interrupt();
    }
}
