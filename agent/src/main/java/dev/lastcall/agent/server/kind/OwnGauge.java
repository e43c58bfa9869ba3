// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;

/** Where servers of a kind show how many requests they have in flight. Immutable. */
sealed interface OwnGauge {

    /** What is asked. */
    String path();

    /**
     * Metrics in the Prometheus text format.
     *
     * @param lag how old the numbers may be
     */
    record Metrics(String path, Gauges gauges, Duration lag) implements OwnGauge {}

    /** llama-server's list of slots. */
    record Slots(String path) implements OwnGauge {}

    /** SGLang's list of what each of its engines has to do. */
    record Loads(String path) implements OwnGauge {}

    /** Metrics that are renewed with each request. */
    static OwnGauge metrics(String path, Gauges gauges) {
        return new Metrics(path, gauges, Duration.ZERO);
    }

    /** What reads it. */
    default InFlightProbe probe(LocalHttp http, Access access) {
        return switch (this) {
            case Metrics(String path, Gauges gauges, Duration lag) -> lagging(
                    MetricsProbe.ofText(http, access.at(path), access.headers(), gauges), lag);
            case Slots(String path) -> MetricsProbe.ofJson(http, access.at(path), access.headers(), JsonGauge::slots);
            case Loads(String path) -> MetricsProbe.ofJson(http, access.at(path), access.headers(), LoadsGauge::read);
        };
    }

    private static InFlightProbe lagging(InFlightProbe probe, Duration lag) {
        return bound -> {
            InFlight reading = probe.read(bound);
            return reading instanceof InFlight.Gauged(int count, Duration _)
                    ? new InFlight.Gauged(count, lag)
                    : reading;
        };
    }
}
