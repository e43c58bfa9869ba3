// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.values.ListenAddress;

import org.jspecify.annotations.Nullable;

/**
 * A server on this node.
 *
 * @param name its name in metrics, logs and records
 * @param url where it serves
 * @param kind what it is; {@link Kind#AUTO} finds out
 * @param gate the reverse proxy before it; null for none
 * @param gauge where in flight is read without a gate, where the kind does not know; null for the kind's own
 * @param adminKey sent to the server's own administrative calls; null for none
 * @param stop how it is asked to stop
 */
public record ServerConfig(String name, URI url, Kind kind, @Nullable Gate gate, @Nullable Gauge gauge,
        @Nullable String adminKey, StopConfig stop) {

    private static final int MIN_KEY_LENGTH = 1;

    /** What a server is. */
    public enum Kind {
        /** Found out by asking it. */
        AUTO,
        /** vLLM. */
        VLLM,
        /** llama.cpp's server. */
        LLAMA_SERVER,
        /** Any HTTP server. */
        GENERIC
    }

    /**
     * The reverse proxy before a server.
     *
     * @param listen where clients connect
     * @param healthPaths answered 503 from the notice on
     * @param livenessPaths passed through always
     * @param metricsPaths passed through always, and not counted
     * @param maxConnections most client connections at a time
     * @param connectTimeout bound of a connection to the server
     * @param retryAfter how long a refused client is asked to wait
     */
    public record Gate(ListenAddress listen, List<String> healthPaths, List<String> livenessPaths,
            List<String> metricsPaths, int maxConnections, Duration connectTimeout, Duration retryAfter) {

        /** The OpenAI client libraries stop retrying when they are asked to wait for longer. */
        private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(2);

        private static final ValueType<String> PATH = ValueType.text("a path such as /health",
                "/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,200}");
        private static final int MAX_CONNECTIONS = 1_000_000;

        static Gate read(Section section) {
            Gate gate = new Gate(
                    section.required("listen", ValueType.listen(), new ListenAddress("127.0.0.1", 0),
                            "Where clients connect."),
                    section.values("healthPaths", PATH,
                            List.of("/health", "/health_generate", "/ping", "/ready", "/readyz", "/health/ready",
                                    "/v1/health/ready", "/v2/health/ready"),
                            "Paths that the gate answers with 503 from the notice on, so that routers turn away."),
                    section.values("livenessPaths", PATH,
                            List.of("/livez", "/live", "/healthz", "/health/live", "/v1/health/live",
                                    "/v2/health/live"),
                            "Paths that pass through always, so that no probe restarts the server in mid-drain."),
                    section.values("metricsPaths", PATH, List.of("/metrics"),
                            "Paths that pass through always and do not count as in flight."),
                    section.value("maxConnections", ValueType.number(1, MAX_CONNECTIONS), 20_000,
                            "Most client connections at a time."),
                    section.value("connectTimeout", Limits.TIMEOUT, Duration.ofSeconds(2),
                            "Bound of a connection to the server."),
                    section.value("retryAfter", ValueType.duration(Duration.ofSeconds(1), LONGEST_RETRY_AFTER),
                            Duration.ofSeconds(1), "How long a refused client is asked to wait, in whole seconds."));
            gate.healthPaths()
                    .stream()
                    .filter(path -> gate.livenessPaths().contains(path) || gate.metricsPaths().contains(path))
                    .forEach(path -> section.conflict("healthPaths", path
                            + " cannot both fail and pass once the door is closed; take it out of livenessPaths and metricsPaths"));
            return gate;
        }
    }

    /**
     * Where in flight is read.
     *
     * @param url what is asked
     * @param metrics names of Prometheus gauges to add up; empty where a pointer is given
     * @param pointer where the number is in a JSON answer; null where metrics are given
     */
    public record Gauge(URI url, List<String> metrics, @Nullable String pointer) {

        static Gauge read(Section section) {
            Gauge gauge = new Gauge(
                    section.required("url", ValueType.url(), URI.create("http://127.0.0.1/"), "What is asked."),
                    section.values("metrics",
                            ValueType.text("a metric's name such as vllm:num_requests_running",
                                    "[A-Za-z_:][A-Za-z0-9_:]{0,199}"),
                            List.of(), "Prometheus gauges to add up, over all their labels."),
                    section.optional("pointer",
                            ValueType.text("a JSON pointer such as /in_flight", "(/[^\\p{Cntrl}]{0,100}){1,8}"), "none",
                            "Where the number is in a JSON answer."));
            if (section.setAmong("metrics", "pointer").size() != 1) {
                section.conflict("", "needs either metrics or pointer");
            }
            return gauge;
        }
    }

    static ServerConfig read(Section section) {
        return new ServerConfig(
                section.required("name", Names.NAME, "unnamed", "Its name in metrics, logs and records."),
                section.required("url", ValueType.url(), URI.create("http://127.0.0.1/"), "Where it serves."),
                section.value("kind", ValueType.word(Kind.values()), Kind.AUTO, "What it is; `auto` asks it."),
                section.optionalSection("gate", Gate::read),
                section.optionalSection("gauge", Gauge::read),
                section.secret("adminKey", ValueType.secret(MIN_KEY_LENGTH),
                        "Sent with the server's own administrative calls, to this node only."),
                section.section("stop", StopConfig::read, "none"));
    }
}
