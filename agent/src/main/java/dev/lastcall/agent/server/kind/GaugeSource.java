// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.util.Set;

import dev.lastcall.agent.server.InFlight;
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

    /** Reads it out of what the URL answered. */
    default InFlight read(String body) {
        return switch (this) {
            case Metrics(URI _, Set<String> names) -> Gauges.of(names).read(body);
            case Json(URI _, String pointer) -> JsonGauge.at(JsonPointer.compile(pointer), body);
        };
    }
}
