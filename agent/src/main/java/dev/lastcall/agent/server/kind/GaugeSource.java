// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.util.Map;
import java.util.Set;

import dev.lastcall.agent.server.InFlightProbe;
import tools.jackson.core.JsonPointer;

/** Where a server of any kind shows its requests in flight, as the configuration says. Immutable. */
public sealed interface GaugeSource {

    /** Where it is read. */
    URI url();

    /** Metrics in the Prometheus text format, added up, over all their labels. */
    record Metrics(URI url, Set<String> names) implements GaugeSource {
        public Metrics {
            names = Set.copyOf(names);
        }
    }

    /**
     * A number, or a list whose elements count, in a JSON document.
     *
     * @param pointer RFC 6901, such as {@code /queue/running}
     */
    record Json(URI url, String pointer) implements GaugeSource {
        public Json {
            JsonPointer.compile(pointer);
        }
    }

    /** What reads it. */
    default InFlightProbe probe(LocalHttp http, Map<String, String> headers) {
        return switch (this) {
            case Metrics(URI url, Set<String> names) -> MetricsProbe.ofText(http, url, headers, Gauges.of(names));
            case Json(URI url, String pointer) -> {
                JsonPointer compiled = JsonPointer.compile(pointer);
                yield MetricsProbe.ofJson(http, url, headers, text -> JsonGauge.at(compiled, text));
            }
        };
    }
}
