// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.setup;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.doctor.AgentAnswer;
import dev.lastcall.agent.doctor.ListeningSockets;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.agent.setup.Survey.FoundServer;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.cloud.CloudDetector;
import dev.lastcall.metadata.cloud.CloudDetector.Detected;
import dev.lastcall.metadata.http.WebClientTransport;
import io.vertx.core.Vertx;

/**
 * Looks over a node with the agent's own detectors: its cloud, its servers, its disk. All looks run at once, each on a thread of
 * its own; one that hangs is left behind.
 *
 * @param config the defaults, with what the environment says
 * @param root the file system's root
 * @param vertx owns the sockets
 */
record NodeSurvey(AgentConfig config, Path root, Vertx vertx) {

    /** Of all looks together; what is left of the command's 15 s is for the start and the end of the process. */
    static final Duration BOUND = Duration.ofSeconds(9);

    private static final int FIRST_GATE_PORT = 8080;
    private static final int GATE_PORTS_TRIED = 100;

    Survey look(Duration bound) throws InterruptedException {
        long end = System.nanoTime() + bound.toNanos();
        List<String> late = new ArrayList<>();
        try (LocalHttp http = new LocalHttp(vertx);
                WebClientTransport transport = new WebClientTransport(vertx, NodeClock.system())) {
            Look<Detected> cloud = Look.start("cloud",
                    () -> new CloudDetector(transport, root, config.sources()).detect());
            Look<List<FoundServer>> servers = Look.start("servers", () -> servers(http));
            Look<String> space = Look.start("cache", () -> space(config.cache().path()));
            return new Survey(cloud.result(end, late).orElse(new Detected(Cloud.NONE, "no answer in time")),
                    config.discoveryPorts(), servers.result(end, late).orElse(List.of()), config.cache().path(),
                    space.result(end, late).orElse("its disk gives no answer"), late);
        }
    }

    private List<FoundServer> servers(LocalHttp http) throws InterruptedException {
        Set<Integer> gates = ownGates();
        List<Integer> ports = config.discoveryPorts().stream().filter(port -> !gates.contains(port)).toList();
        Set<String> names = new HashSet<>();
        Set<Integer> proposed = new HashSet<>(Set.of(config.api().listen().port()));
        List<FoundServer> servers = new ArrayList<>();
        for (ServerDiscovery.Found found : new ServerDiscovery(new KindRecognizer(http)).find(ports)) {
            int port = found.url().getPort();
            boolean open = new ListeningSockets(root.resolve("proc")).isOnEveryAddress(port);
            servers.add(new FoundServer(name(found.kind().label(), names), found.url(), found.kind().label(),
                    found.evidence(), new PortOwners(root.resolve("proc")).of(port), open,
                    gate(open ? "0.0.0.0" : "127.0.0.1", proposed)));
        }
        return servers;
    }

    /** A server that answers through the gate of the running agent is the one behind it, found a second time. */
    private Set<Integer> ownGates() {
        return switch (AgentAnswer.ask(config.api().socket())) {
            case AgentAnswer.Running(var status) -> status.servers()
                    .stream()
                    .filter(server -> !server.gate().isEmpty())
                    .map(server -> URI.create("http://" + server.gate()).getPort())
                    .collect(Collectors.toSet());
            case AgentAnswer.Silent _,AgentAnswer.Closed _ -> Set.of();
        };
    }

    private static String name(String kind, Set<String> names) {
        String name = kind;
        for (int number = 2; !names.add(name); number++) {
            name = kind + "-" + number;
        }
        return name;
    }

    /** The first port that can be bound; binding it without listening is noticed by no client. */
    private static Optional<ListenAddress> gate(String host, Set<Integer> proposed) {
        for (int port = FIRST_GATE_PORT; port < FIRST_GATE_PORT + GATE_PORTS_TRIED; port++) {
            if (proposed.contains(port)) {
                continue;
            }
            try (Socket socket = new Socket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(host, port));
                proposed.add(port);
                return Optional.of(new ListenAddress(host, port));
            } catch (IOException taken) {
                // The next one may be free.
            }
        }
        return Optional.empty();
    }

    private static String space(Path cache) throws IOException {
        Path there = cache;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return StatusFormat.size(Files.getFileStore(there).getUsableSpace()) + " free"
                + (there.equals(cache) ? "" : ", is made when a model is configured");
    }

    private record Look<T>(String what, FutureTask<T> task, Thread thread) {

        static <T> Look<T> start(String what, Callable<T> look) {
            FutureTask<T> task = new FutureTask<>(look);
            // A platform thread: a look at a disk that is gone would keep the carrier of a virtual one.
            return new Look<>(what, task, Thread.ofPlatform().daemon().name("init-" + what).start(task));
        }

        Optional<T> result(long end, List<String> late) throws InterruptedException {
            try {
                return Optional.of(task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException hangs) {
                thread.interrupt();
                late.add(what + ": no answer in time");
            } catch (ExecutionException failed) {
                late.add(what + ": " + failed.getCause());
            }
            return Optional.empty();
        }
    }
}
