// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.gate.tls.CertificateFiles;

/**
 * The settings of one gate: where it listens, which server it is in front of, and its bounds. Immutable; impossible values are
 * refused with an {@link IllegalArgumentException} that names the value.
 *
 * @param listen     address to accept clients on; port 0 takes any free one
 * @param upstream   address of the server, of TCP or of a Unix socket; host names are resolved once, when the gate starts
 * @param paths      paths that are treated apart from the server's work
 * @param times      how long the gate waits for what
 * @param limits     how much the gate holds of what
 * @param retryAfter how long a refused client is asked to wait, 1 s to {@link #LONGEST_RETRY_AFTER}
 * @param door       how the door is closed
 * @param protocol   what the server speaks
 * @param probes     address for health, liveness and metrics alone, which listens also while the door refuses connections
 * @param tls        the certificate that clients are shown at {@code listen}; none where they come without TLS
 */
public record GateSettings(InetSocketAddress listen, SocketAddress upstream, Paths paths, Times times,
        Limits limits, Duration retryAfter, DoorRules door, Protocol protocol, Optional<InetSocketAddress> probes,
        Optional<CertificateFiles> tls) {

    /** What the server speaks. */
    public enum Protocol {
        /** HTTP/1.1 only. */
        HTTP1,
        /** HTTP/2 with prior knowledge too: to it go the clients that speak HTTP/2, and by HTTP/1.1 all others. */
        H2C
    }

    /**
     * Longest wait that a refused client may be asked for. The OpenAI client libraries do not retry at all when they are
     * asked to wait for more than 120 s.
     */
    public static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(2);

    /** Checks the values. */
    public GateSettings {
        if (retryAfter.compareTo(Duration.ofSeconds(1)) < 0 || retryAfter.compareTo(LONGEST_RETRY_AFTER) > 0) {
            throw new IllegalArgumentException("retryAfter is " + retryAfter + "; it must be 1 s to 120 s, because"
                    + " client libraries stop retrying when asked to wait longer");
        }
    }

    /** A gate with the default paths, times and limits. */
    public static GateSettings of(InetSocketAddress listen, SocketAddress upstream) {
        return new GateSettings(listen, upstream, Paths.DEFAULT, Times.DEFAULT, Limits.DEFAULT, Duration.ofSeconds(1),
                DoorRules.DEFAULT, Protocol.HTTP1, Optional.empty(), Optional.empty());
    }

    /** The same with both addresses looked up, where they are names still. */
    GateSettings resolved() {
        return new GateSettings(resolved(listen),
                upstream instanceof InetSocketAddress server ? resolved(server) : upstream, paths, times, limits,
                retryAfter, door, protocol,
                probes.map(GateSettings::resolved), tls);
    }

    private static InetSocketAddress resolved(InetSocketAddress address) {
        return address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address;
    }

    /** The same with other paths. */
    public GateSettings with(Paths other) {
        return new GateSettings(listen, upstream, other, times, limits, retryAfter, door, protocol, probes, tls);
    }

    /** The same with other times. */
    public GateSettings with(Times other) {
        return new GateSettings(listen, upstream, paths, other, limits, retryAfter, door, protocol, probes, tls);
    }

    /** The same with other limits. */
    public GateSettings with(Limits other) {
        return new GateSettings(listen, upstream, paths, times, other, retryAfter, door, protocol, probes, tls);
    }

    /** The same with another way of closing the door. */
    public GateSettings with(DoorRules other) {
        return new GateSettings(listen, upstream, paths, times, limits, retryAfter, other, protocol, probes, tls);
    }

    /** The same with an address for probes. */
    public GateSettings withProbes(InetSocketAddress address) {
        return new GateSettings(listen, upstream, paths, times, limits, retryAfter, door, protocol,
                Optional.of(address), tls);
    }

    /** The same with TLS towards clients. */
    public GateSettings with(CertificateFiles certificate) {
        return new GateSettings(listen, upstream, paths, times, limits, retryAfter, door, protocol, probes,
                Optional.of(certificate));
    }

    /** The same before a server that speaks this. */
    public GateSettings with(Protocol other) {
        return new GateSettings(listen, upstream, paths, times, limits, retryAfter, door, other, probes, tls);
    }

    /**
     * Paths compared exactly with the part of the request target before {@code ?}.
     *
     * @param health   proxied while the door is open, answered 503 by the gate once it is closed
     * @param liveness always proxied and never counted: a kubelet that sees them fail restarts the server in mid-drain
     * @param metrics  always proxied and never counted
     */
    public record Paths(Set<String> health, Set<String> liveness, Set<String> metrics) {

        /** The usual paths of vLLM, SGLang, TGI, llama-server, Triton and NIM, and those that Kubernetes made usual. */
        public static final Paths DEFAULT = new Paths(
                inOrder(List.of("/health", "/health_generate", "/ping", "/ready", "/readyz", "/health/ready",
                        "/v1/health/ready", "/v2/health/ready")),
                inOrder(List.of("/livez", "/live", "/healthz", "/health/live", "/v1/health/live", "/v2/health/live")),
                Set.of("/metrics"));

        /** Copies the sets and refuses a path that is in two of them, or that no request can have. */
        public Paths {
            health = inOrder(health);
            liveness = inOrder(liveness);
            metrics = inOrder(metrics);
            for (Set<String> set : List.of(health, liveness, metrics)) {
                for (String path : set) {
                    if (!path.startsWith("/") || path.indexOf('?') >= 0) {
                        throw new IllegalArgumentException(
                                "path '" + path + "' must begin with / and have no query part");
                    }
                }
            }
            for (String path : health) {
                if (liveness.contains(path) || metrics.contains(path)) {
                    throw new IllegalArgumentException("path '" + path + "' cannot both fail and pass once the door"
                            + " is closed; list it as health, or as liveness or metrics");
                }
            }
        }

        /** The same and these; a path that is in one of the sets stays there. */
        Paths with(Collection<String> moreHealth, Collection<String> moreLiveness) {
            Set<String> failing = new LinkedHashSet<>(health);
            Set<String> passing = new LinkedHashSet<>(liveness);
            moreHealth.stream().filter(path -> !alwaysPasses(path)).forEach(failing::add);
            moreLiveness.stream().filter(path -> !failing.contains(path)).forEach(passing::add);
            return new Paths(failing, passing, metrics);
        }

        private static Set<String> inOrder(Collection<String> paths) {
            return Collections.unmodifiableSet(new LinkedHashSet<>(paths));
        }

        boolean alwaysPasses(String path) {
            return liveness.contains(path) || metrics.contains(path);
        }
    }

    /**
     * How long the gate waits. There is none for a response: its first token may take minutes.
     *
     * @param connect     to connect to the server
     * @param requestHead for a request's head, from its first byte
     * @param requestBody for the next bytes of a request's body while the gate is reading it
     * @param clientIdle  between two requests on a client's connection
     * @param pooledIdle  how long an idle connection to the server is kept; less than the 5 s after which uvicorn, Node
     *                    and llama-server close theirs
     * @param linger      how long the gate reads on after its last byte, so that a request on the wire meets no reset
     */
    public record Times(Duration connect, Duration requestHead, Duration requestBody, Duration clientIdle,
            Duration pooledIdle, Duration linger) {

        /** The defaults; {@code clientIdle} exceeds the 600 s that Google's load balancers keep a connection. */
        public static final Times DEFAULT = new Times(Duration.ofSeconds(2), Duration.ofSeconds(30),
                Duration.ofMinutes(2), Duration.ofSeconds(620), Duration.ofSeconds(4), Duration.ofSeconds(2));

        /** The same with another time to connect. */
        public Times withConnect(Duration other) {
            return new Times(other, requestHead, requestBody, clientIdle, pooledIdle, linger);
        }

        /** Refuses a time that is not positive. */
        public Times {
            for (Duration time : List.of(connect, requestHead, requestBody, clientIdle, pooledIdle, linger)) {
                if (time.isNegative() || time.isZero()) {
                    throw new IllegalArgumentException("a time of the gate is " + time + "; it must be positive");
                }
            }
        }
    }

    /**
     * How much the gate holds.
     *
     * @param connections      clients' connections at one time; one more is answered 503
     * @param requestLineBytes longest request line; a longer one is answered 414
     * @param headBytes        longest head without its first line, of requests and responses; longer is answered 431
     * @param headFields       most fields in a request's head
     * @param bufferedBytes    bytes held for a slow reader, in each direction of each request, before the gate stops
     *                         reading from the other side
     */
    public record Limits(int connections, int requestLineBytes, int headBytes, int headFields, int bufferedBytes) {

        /** The defaults; the sizes are those of nginx or above. */
        public static final Limits DEFAULT = new Limits(20_000, 16 * 1024, 64 * 1024, 200, 64 * 1024);

        /** The same with another number of connections. */
        public Limits withConnections(int other) {
            return new Limits(other, requestLineBytes, headBytes, headFields, bufferedBytes);
        }

        /** Refuses limits that leave nothing. */
        public Limits {
            if (connections < 1 || requestLineBytes < 64 || headBytes < 256 || headFields < 4 || bufferedBytes < 1024) {
                throw new IllegalArgumentException("limits leave no room for one request: connections " + connections
                        + ", request line " + requestLineBytes + " B, head " + headBytes + " B, " + headFields
                        + " fields, buffered " + bufferedBytes + " B");
            }
        }
    }
}
