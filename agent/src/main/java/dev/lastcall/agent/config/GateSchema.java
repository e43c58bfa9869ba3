// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.gate.DoorRules;
import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.gate.GateSettings.Paths;
import dev.lastcall.agent.gate.GateSettings.Protocol;
import dev.lastcall.agent.gate.tls.CertificateFiles;
import dev.lastcall.agent.server.UnixUrl;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.metadata.http.Endpoint;

/** The reverse proxy before a server. */
final class GateSchema {

    private static final ValueType<String> PATH = ValueType.text("a path such as /health",
            "/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,200}");
    private static final int MAX_CONNECTIONS = 1_000_000;

    private GateSchema() {}

    /** @param url of the server; it is not looked up here */
    static GateSettings read(Section section, URI url) {
        ListenAddress listen = section.required("listen", ValueType.listen(), new ListenAddress("127.0.0.1", 0),
                "Where clients connect.");
        GateSettings plain = GateSettings.of(InetSocketAddress.createUnresolved(listen.host(), listen.port()),
                upstream(url));
        Paths paths = paths(section);
        int connections = section.value("maxConnections", ValueType.number(1, MAX_CONNECTIONS),
                plain.limits().connections(), "Most client connections at a time.");
        Duration connect = section.value("connectTimeout", Limits.TIMEOUT, plain.times().connect(),
                "Bound of a connection to the server.");
        Duration retryAfter = section.value("retryAfter",
                ValueType.duration(Duration.ofSeconds(1), GateSettings.LONGEST_RETRY_AFTER), plain.retryAfter(),
                "How long a refused client is asked to wait, in whole seconds.");
        Protocol protocol = section.value("protocol", ValueType.word(Protocol.values()), Protocol.HTTP1,
                "What the server speaks; with `h2c` HTTP/2 without TLS as well, which gRPC needs.");
        DoorRules door = section.section("door", GateSchema::door);
        ListenAddress probes = section.optional("probes", ValueType.listen(), "none",
                "A second address that answers health, liveness and metrics paths alone, and goes on listening while the"
                        + " door refuses connections.");
        Optional<CertificateFiles> tls = section.section("tls", GateSchema::tls);
        return new GateSettings(plain.listen(), plain.upstream(), paths, plain.times().withConnect(connect),
                plain.limits().withConnections(connections), retryAfter, door, protocol,
                Optional.ofNullable(probes)
                        .map(one -> InetSocketAddress.createUnresolved(one.host(), one.port())),
                tls);
    }

    private static Optional<CertificateFiles> tls(Section section) {
        Path certificate = section.optional("certificateFile", ValueType.absolutePath(), "none",
                "The certificate that clients are shown, as PEM, those that lead to the authority after it; clients come by TLS"
                        + " then. A changed file is taken up within a minute.");
        Path key = section.optional("keyFile", ValueType.absolutePath(), "none",
                "The certificate's private key, as PEM, without a password.");
        if (key != null) {
            section.holdsSecret(key);
        }
        if ((certificate == null) != (key == null)) {
            section.conflict(certificate == null ? "certificateFile" : "keyFile",
                    "is missing; TLS needs both the certificate and its key");
        }
        return certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new CertificateFiles(certificate, key));
    }

    private static SocketAddress upstream(URI url) {
        if (UnixUrl.is(url)) {
            return UnixDomainSocketAddress.of(UnixUrl.socket(url));
        }
        Endpoint server = Endpoint.of(url);
        return InetSocketAddress.createUnresolved(server.host(), server.port());
    }

    private static DoorRules door(Section section) {
        return new DoorRules(
                section.value("at", ValueType.word(DoorRules.At.values()), DoorRules.DEFAULT.at(),
                        "When the door is closed after a notice: `now`; `settle`, when routers have had their time to"
                                + " turn away; `auto`, the same, but a request is let in only if it will probably be over"
                                + " before the cut, by how long requests to its path took lately."),
                section.value("closed", ValueType.word(DoorRules.Closed.values()), DoorRules.DEFAULT.closed(),
                        "What a client meets that connects to a closed door: `refuse`, the kernel refuses the"
                                + " connection, and every router tries another node; `answer`, a 503 after a moment;"
                                + " `auto`, `refuse` where probes have an address of their own, and where requests were"
                                + " served lately and no liveness path was asked at this one, but not in a pod; else"
                                + " `answer`."));
    }

    private static Paths paths(Section section) {
        Set<String> health = paths(section, "healthPaths", Paths.DEFAULT.health(),
                "Paths that the gate answers with 503 from the notice on, so that routers turn away.");
        Set<String> liveness = paths(section, "livenessPaths", Paths.DEFAULT.liveness(),
                "Paths that pass through always, so that no probe restarts the server in mid-drain.");
        Set<String> metrics = paths(section, "metricsPaths", Paths.DEFAULT.metrics(),
                "Paths that pass through always and do not count as in flight.");
        List<String> both = health.stream().filter(path -> liveness.contains(path) || metrics.contains(path)).toList();
        both.forEach(path -> section.conflict("healthPaths", path
                + " cannot both fail and pass once the door is closed; take it out of livenessPaths and metricsPaths"));
        return both.isEmpty() ? new Paths(health, liveness, metrics) : Paths.DEFAULT;
    }

    private static Set<String> paths(Section section, String key, Set<String> defaults, String about) {
        return new LinkedHashSet<>(section.values(key, PATH, List.copyOf(defaults), about));
    }
}
