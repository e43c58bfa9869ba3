// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.util.function.Supplier;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.server.kind.Kinds;
import dev.lastcall.agent.server.kind.StopFlags;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;

/**
 * Knows what a server's stop asks of the budget, so that a notice need not ask: its kind may be known late, and its process may
 * be started again with other flags. Thread-safe.
 */
public final class StopNeedsWatch implements Supplier<StopNeeds>, AutoCloseable {

    /** Between two looks at a process's command line. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Supplier<ServerKind> kind;
    private final Stopper stopper;
    private final SupervisedLoop loop;
    private volatile Seen seen = new Seen(ServerKind.GENERIC, StopNeeds.PROMPT);

    private record Seen(ServerKind kind, StopNeeds needs) {}

    public StopNeedsWatch(String server, Supplier<ServerKind> kind, Stopper stopper, NodeClock clock,
            LoopObserver loops) {
        this.kind = kind;
        this.stopper = stopper;
        this.loop = SupervisedLoop.every(INTERVAL, "stop-needs-" + server, clock, loops, this::look);
    }

    /** Begins to look. Called once. */
    public void start() {
        loop.start();
    }

    /** As known by now; does not block. */
    @Override
    public StopNeeds get() {
        ServerKind now = kind.get();
        Seen last = seen;
        return last.kind() == now ? last.needs() : Kinds.of(now).stop();
    }

    private void look() {
        ServerKind now = kind.get();
        seen = new Seen(now, StopFlags.of(now, stopper::commandLine));
    }

    @Override
    public void close() {
        loop.end();
    }
}
