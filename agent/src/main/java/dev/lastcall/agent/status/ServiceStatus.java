// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.systemd.ServiceManager;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.SupervisedLoop.Next;

/**
 * Keeps the line that {@code systemctl status} shows up to date, and asks for more time while the agent ends. Says a thing
 * once, and nothing where there is no systemd.
 */
public final class ServiceStatus implements AutoCloseable {

    private static final Duration CALM = Duration.ofSeconds(10);
    private static final Duration BUSY = Duration.ofSeconds(1);

    /** What is asked for each time; an end that hangs is ended by systemd this long after its last word. */
    private static final Duration EXTENSION = Duration.ofSeconds(15);

    private final ServiceManager manager;
    private final Supplier<StatusView> status;
    private final SupervisedLoop calm;
    private final SupervisedLoop busy;
    private String sent = ""; // guarded by this

    public ServiceStatus(ServiceManager manager, Supplier<StatusView> status, NodeClock clock, LoopObserver loops) {
        this.manager = manager;
        this.status = status;
        this.calm = new SupervisedLoop("service-status", clock, loops, () -> Next.after(send() ? BUSY : CALM));
        this.busy = new SupervisedLoop("service-ending", clock, loops, () -> {
            manager.extend(EXTENSION);
            send();
            return Next.after(BUSY);
        });
    }

    /** The start is over. Called once. */
    public void ready() {
        if (manager.isThere()) {
            send();
            manager.ready();
            calm.start();
        }
    }

    /** The end begins; it is given the time that it needs. Called once. */
    public void ending() {
        if (manager.isThere()) {
            manager.stopping();
            busy.start();
        }
    }

    /** Sends the status line if it has changed. Returns whether a drain is active, so that the line soon changes again. */
    private boolean send() {
        StatusView now = status.get();
        String line = line(now);
        synchronized (this) {
            if (!line.equals(sent)) {
                sent = line;
                manager.status(line);
            }
        }
        return now.reclamation() != null;
    }

    /** The line: what the agent is at, and what is amiss. */
    static String line(StatusView now) {
        String at = Optional.ofNullable(now.reclamation())
                .map(standing -> standing.source() + "/" + standing.kind() + ", " + left(standing.left()) + ": "
                        + servers(now.servers(), StatusView.Server::phase))
                .orElseGet(() -> "watching " + now.cloud().name() + ": "
                        + servers(now.servers(), server -> server.doorOpen() ? "open" : "closed"));
        String amiss = now.conditions()
                .stream()
                .map(condition -> condition.code() + " (" + condition.subject() + ")")
                .distinct()
                .collect(Collectors.joining(", "));
        return (now.dryRun() ? "dry run, " : "") + at + (amiss.isEmpty() ? "" : "; " + amiss);
    }

    private static String left(Duration left) {
        return left.isNegative() ? "deadline passed" : left.toSeconds() + " s left";
    }

    private static String servers(List<StatusView.Server> servers,
            Function<StatusView.Server, String> state) {
        return servers.isEmpty()
                ? "no server yet"
                : servers.stream()
                        .map(server -> server.name() + " " + state.apply(server) + inFlight(server))
                        .collect(Collectors.joining(", "));
    }

    private static String inFlight(StatusView.Server server) {
        return server.inFlight() == null ? "" : ", " + server.inFlight() + " in flight";
    }

    @Override
    public void close() {
        calm.end();
        busy.end();
    }
}
