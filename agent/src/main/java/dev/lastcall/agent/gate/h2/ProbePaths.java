// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Which paths are apart from the server's work: those of the configuration, and those that gRPC's own protocols name. */
public final class ProbePaths {

    private static final String HEALTH_CHECK = "/grpc.health.v1.Health/Check";
    private static final String HEALTH_WATCH = "/grpc.health.v1.Health/Watch";
    /** KServe's protocol, version 2, which Triton, KServe and MLServer speak. */
    private static final String SERVER_LIVE = "/inference.GRPCInferenceService/ServerLive";
    private static final Set<String> READY = Set.of("/inference.GRPCInferenceService/ServerReady",
            "/inference.GRPCInferenceService/ModelReady");

    /** {@code HealthCheckResponse { status: NOT_SERVING }}. */
    private static final byte[] NOT_SERVING = {0x08, 0x02};
    /** A response whose {@code ready} is false. */
    private static final byte[] NOT_READY = {};

    private final Predicate<String> passes;
    private final Predicate<String> health;

    /**
     * @param passes paths of HTTP that pass whatever the door says, and do not count as in flight
     * @param health paths of HTTP that are answered 503 once the door is closed
     */
    public ProbePaths(Predicate<String> passes, Predicate<String> health) {
        this.passes = passes;
        this.health = health;
    }

    /** Whether it passes whatever the door says, and does not count as in flight. */
    boolean alwaysPasses(String path) {
        return path.equals(SERVER_LIVE) || passes.test(path);
    }

    /** Whether it is a stream that lasts as long as its client does: it passes while the door is open, and counts as nothing. */
    boolean isWatch(String path) {
        return path.equals(HEALTH_WATCH);
    }

    /** Whether it is a readiness probe. */
    boolean isHealth(String path) {
        return notReady(path).isPresent() || health.test(path);
    }

    /** The message that answers a probe by gRPC in the negative; empty for any other path. */
    static Optional<byte[]> notReady(String path) {
        if (path.equals(HEALTH_CHECK) || path.equals(HEALTH_WATCH)) {
            return Optional.of(NOT_SERVING.clone());
        }
        return READY.contains(path) ? Optional.of(NOT_READY.clone()) : Optional.empty();
    }
}
