// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.agent.server.ServerKind;

/** Reads a server's own gauges, as its kind has them; a configured gauge goes before. Thread-safe. */
public final class KindProbe implements InFlightProbe {

    private final Supplier<ServerKind> kind;
    private final Optional<InFlightProbe> configured;
    private final Map<ServerKind, InFlightProbe> own = new EnumMap<>(ServerKind.class);

    /**
     * @param kind the kind as it is known at the time of a reading
     * @param gauge a gauge that the operator names
     */
    public KindProbe(Supplier<ServerKind> kind, Access access, Optional<GaugeSource> gauge, LocalHttp http) {
        this.kind = kind;
        this.configured = gauge.map(source -> source.probe(http, new Access(source.url(), access.key()).headers()));
        for (ServerKind one : ServerKind.values()) {
            List<InFlightProbe> gauges = Kinds.of(one)
                    .gauges()
                    .stream()
                    .map(gaugeOfKind -> gaugeOfKind.probe(http, access))
                    .toList();
            own.put(one, gauges.isEmpty() ? KindProbe::nothing : new FirstObservable(gauges));
        }
    }

    @Override
    public InFlight read(Duration bound) {
        return configured.orElseGet(() -> own.getOrDefault(kind.get(), KindProbe::nothing)).read(bound);
    }

    /** llama-server counts each request for its sleep, also those for its gauges. */
    @Override
    public boolean keepsAwake() {
        return configured.isEmpty() && kind.get() == ServerKind.LLAMA_SERVER;
    }

    private static InFlight nothing(Duration bound) {
        return new InFlight.Unobservable(
                "no gauge is known for this server: put a gate before it or configure a gauge");
    }
}
