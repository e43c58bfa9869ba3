// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.systemd.ServiceManager;
import dev.lastcall.metadata.NodeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets that the gates listen on, over restarts of the agent: systemd keeps each, so that clients that connect
 * between two agents wait in it and are not refused. Without systemd a gate that ends closes its socket.
 */
public final class GateListeners {

    private static final Logger log = LoggerFactory.getLogger(GateListeners.class);

    private static final Duration PACE = Duration.ofMillis(20);

    /** Idle connections have so long to be closed gently once nothing is in flight any more. */
    private static final Duration GENTLE = Duration.ofSeconds(1);

    /** For the cut of what did not finish. */
    private static final Duration CUT_BOUND = Duration.ofSeconds(3);

    private final ServiceManager manager;
    private final Supplier<List<LocalServer>> servers;
    private final NodeClock clock;

    public GateListeners(ServiceManager manager, Supplier<List<LocalServer>> servers, NodeClock clock) {
        this.manager = manager;
        this.servers = servers;
        this.clock = clock;
    }

    /**
     * Has every gate listen: on the socket that was kept for it if there is one, else on a new one, which is kept from now
     * on.
     *
     * @throws IOException if an address cannot be had
     */
    public void listen() throws IOException {
        for (LocalServer server : servers.get()) {
            if (server.gate().isPresent()) {
                listen(name(server), server.gate().get());
            }
        }
        manager.stored().closeRest().forEach(manager::discard);
    }

    private void listen(String name, Gate gate) throws IOException {
        OptionalInt kept = manager.stored().take(name);
        if (kept.isPresent()) {
            if (gate.listenOn(kept.getAsInt())) {
                log.atInfo().addKeyValue("gate", gate.address()).log("the gate goes on with the last agent's socket");
                return;
            }
            manager.discard(name);
        }
        gate.listen();
        gate.descriptor().ifPresentOrElse(descriptor -> manager.store(name, descriptor), () -> {
            if (manager.isThere()) {
                log.atWarn()
                        .addKeyValue("gate", gate.address())
                        .log("without the native transport (is /tmp mounted noexec?) systemd cannot keep the gate's socket:"
                                + " clients are refused while the agent restarts");
            }
        });
    }

    /**
     * Lets what is in flight finish, and leaves the sockets to the next agent or, where none is to come, closes them. What
     * is still in flight when {@code bound} has gone by is cut in a way that its client can recognise.
     *
     * @param another whether another agent is about to be started
     * @param noticed whether a final notice is active by now: then it returns at once, since the drain has the time from here on
     * @return how many were cut; empty if a notice came
     */
    public OptionalInt retire(Duration bound, boolean another, BooleanSupplier noticed) throws InterruptedException {
        for (LocalServer server : servers.get()) {
            server.gate().ifPresent(gate -> {
                if (another) {
                    gate.retire();
                } else {
                    manager.discard(name(server));
                    gate.closeDoor();
                }
                gate.stopListening();
            });
        }
        await(bound, () -> !noticed.getAsBoolean() && gates().stream().anyMatch(gate -> gate.counts().inFlight() > 0));
        int cut = 0;
        for (Gate gate : gates()) {
            cut += !noticed.getAsBoolean() && gate.counts().inFlight() > 0 ? gate.cut(CUT_BOUND) : 0;
        }
        await(GENTLE,
                () -> !noticed.getAsBoolean() && gates().stream().anyMatch(gate -> gate.counts().connections() > 0));
        return noticed.getAsBoolean() ? OptionalInt.empty() : OptionalInt.of(cut);
    }

    private void await(Duration bound, BooleanSupplier busy) throws InterruptedException {
        long until = clock.nanoTime() + bound.toNanos();
        while (busy.getAsBoolean() && clock.nanoTime() - until < 0) {
            clock.sleep(PACE);
        }
    }

    private List<Gate> gates() {
        return servers.get().stream().flatMap(server -> server.gate().stream()).toList();
    }

    private static String name(LocalServer server) {
        return "gate-" + server.server().name();
    }
}
