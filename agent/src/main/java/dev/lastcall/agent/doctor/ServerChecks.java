// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.config.ServerSettings;
import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.UnixUrl;
import dev.lastcall.agent.server.kind.KindHealth;
import dev.lastcall.agent.server.kind.KindProbe;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.agent.server.kind.Recognition;
import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.agent.server.stop.StopWay;

/** The inference servers: reachable, recognised, counted, stopped by the agent, and behind their gate where they have one. */
final class ServerChecks {

    private static final Duration READING_BOUND = Duration.ofSeconds(2);
    private static final int CONNECT_MILLIS = 1000;

    private final Surroundings node;
    private final LocalHttp http;
    private final KindRecognizer recognizer;

    ServerChecks(Surroundings node, LocalHttp http) {
        this.node = node;
        this.http = http;
        this.recognizer = new KindRecognizer(http);
    }

    List<DoctorCheck> all() {
        List<DoctorCheck> checks = new ArrayList<>();
        for (ServerSettings server : node.config().servers()) {
            checks.add(new DoctorCheck(FindingArea.SERVER, server.name(), question(server.url()),
                    () -> look(server)));
        }
        if (checks.isEmpty() && node.config().kubernetes() == null) {
            checks.add(
                    new DoctorCheck(FindingArea.SERVER, "servers", "name the server under servers:", this::discover));
        }
        return checks;
    }

    private List<NodeFinding> discover() throws InterruptedException {
        List<ServerDiscovery.Found> found = new ServerDiscovery(recognizer).find(node.config().discoveryPorts());
        List<NodeFinding> findings = new ArrayList<>();
        if (found.isEmpty()) {
            findings.add(NodeFinding.warn(FindingArea.SERVER, "servers",
                    "none is configured, and none answers on ports "
                            + node.config().discoveryPorts() + " of this node, so nothing is drained",
                    ConditionCode.NO_SERVER.remedy()));
        }
        found.forEach(one -> findings.add(NodeFinding.warn(FindingArea.SERVER, one.kind().label(),
                "was found at " + one.url() + " (" + one.evidence() + "); as it is not configured, its door is not "
                        + "closed and it is not stopped",
                "name it under servers: with gate and stop, then: lastcall config check")));
        return findings;
    }

    private List<NodeFinding> look(ServerSettings server) {
        List<NodeFinding> findings = new ArrayList<>();
        HealthReading health = new KindHealth(() -> server.kind().orElse(ServerKind.GENERIC), server.access(), http)
                .read(READING_BOUND);
        findings.add(switch (health) {
            case HealthReading.Answered _ ->
                NodeFinding.ok(FindingArea.SERVER, server.name(), "answers at " + server.url());
            case HealthReading.Loading(String reason) -> NodeFinding.warn(FindingArea.SERVER, server.name(),
                    "does not serve yet: " + reason, "wait until its model is loaded, then: lastcall doctor");
            case HealthReading.Silent(String reason) -> NodeFinding.fail(FindingArea.SERVER, server.name(),
                    "is silent: " + reason, question(server.url()));
            case HealthReading.Unreachable(String reason) -> NodeFinding.fail(FindingArea.SERVER, server.name(),
                    "cannot be reached: " + reason, restart(server.stop()) + ", or correct servers[].url");
        });
        boolean answers = health instanceof HealthReading.Answered;
        if (answers) {
            inFlight(server, kind(server, findings), findings);
        }
        gate(server, answers, findings);
        if (server.stop() instanceof StopWay.None) {
            findings.add(NodeFinding.ok(FindingArea.SERVER, server.name(),
                    "is not stopped by the agent: servers[].stop is none"));
        }
        return findings;
    }

    private static String restart(StopWay stop) {
        return switch (stop) {
            case StopWay.Systemd(String unit) -> "systemctl start " + unit;
            case StopWay.Pid _,StopWay.PidFile _,StopWay.Command _,StopWay.None _ -> "start the server";
        };
    }

    private ServerKind kind(ServerSettings server, List<NodeFinding> findings) {
        Recognition seen = recognizer.recognize(server.access());
        Optional<ServerKind> recognised = seen instanceof Recognition.Recognised(ServerKind kind, String _)
                ? Optional.of(kind)
                : Optional.empty();
        if (server.kind().isPresent() && recognised.filter(kind -> kind != server.kind().get()).isPresent()) {
            findings.add(NodeFinding.warn(FindingArea.SERVER, server.name(), "is configured as "
                    + server.kind().get().label() + " and answers like " + recognised.get().label(),
                    "set servers[].kind to " + recognised.get().label() + " or auto"));
        } else if (recognised.isPresent()) {
            findings.add(NodeFinding.ok(FindingArea.SERVER, server.name(), "is a " + recognised.get().label()));
        } else if (server.kind().isEmpty()) {
            findings.add(NodeFinding.warn(FindingArea.SERVER, server.name(),
                    "is like no kind that is known: " + why(seen), "set servers[].kind, or servers[].gauge"));
        }
        return server.kind().or(() -> recognised).orElse(ServerKind.GENERIC);
    }

    private static String why(Recognition seen) {
        return switch (seen) {
            case Recognition.Recognised(ServerKind kind, String _) -> kind.label();
            case Recognition.Unknown _ -> "it answers, and bears no mark of one";
            case Recognition.Unsure _ -> "it left questions unanswered";
            case Recognition.NotReady(String reason) -> reason;
            case Recognition.Silent(String reason) -> reason;
        };
    }

    private void inFlight(ServerSettings server, ServerKind kind, List<NodeFinding> findings) {
        if (server.gate().isPresent() && server.gauge().isEmpty()) {
            return;
        }
        InFlight reading = new KindProbe(() -> kind, server.access(), server.gauge(), http).read(READING_BOUND);
        findings.add(switch (reading) {
            case InFlight.Exact(int count) -> NodeFinding.ok(FindingArea.SERVER, server.name(), count + " in flight");
            case InFlight.Gauged gauged -> NodeFinding.ok(FindingArea.SERVER, server.name(),
                    gauged.count() + " in flight by its own gauges");
            case InFlight.Unclear(String reason) -> NodeFinding.warn(FindingArea.SERVER, server.name(),
                    "in flight cannot be read: " + reason, ConditionCode.SERVER_UNOBSERVABLE.remedy());
            case InFlight.Unobservable(String reason) -> NodeFinding.warn(FindingArea.SERVER, server.name(),
                    "in flight is not known, so its drain waits by time alone: " + reason,
                    ConditionCode.SERVER_UNOBSERVABLE.remedy());
        });
    }

    private void gate(ServerSettings server, boolean answers, List<NodeFinding> findings) {
        if (server.gate().isEmpty()) {
            findings.add(NodeFinding.warn(FindingArea.SERVER, server.name(),
                    "has no gate: requests come until routers turn away, and none is counted exactly",
                    "set servers[].gate.listen and send clients there; see docs/gate.md"));
            return;
        }
        InetSocketAddress listen = server.gate().get().listen();
        String at = listen.getHostString() + ":" + listen.getPort();
        if (!connects(listen)) {
            findings.add(NodeFinding.fail(FindingArea.SERVER, server.name(), "its gate does not listen at " + at,
                    "lastcall status; systemctl restart lastcall"));
        } else if (answers && isOpenToOthers(server.url())) {
            findings.add(NodeFinding.warn(FindingArea.SERVER, server.name(), "its gate listens at " + at
                    + ", and clients can go past it: the server itself listens on every address, port "
                    + server.url().getPort(), "start the server with --host 127.0.0.1"));
        } else {
            findings.add(NodeFinding.ok(FindingArea.SERVER, server.name(), "its gate listens at " + at));
        }
    }

    private static boolean connects(InetSocketAddress listen) {
        InetSocketAddress address = new InetSocketAddress(listen.getHostString(), listen.getPort());
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            return true;
        } catch (IOException none) {
            return false;
        }
    }

    private boolean isOpenToOthers(URI url) {
        return url.getPort() > 0 && new ListeningSockets(node.at("/proc")).isOnEveryAddress(url.getPort());
    }

    /** What a person types to see whether it answers. */
    private static String question(URI url) {
        return UnixUrl.is(url)
                ? "curl -m 5 --unix-socket " + UnixUrl.socket(url) + " http://localhost/"
                : "curl -m 5 " + url;
    }
}
