// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;

/** Asks one probe after the other until one can observe something at all. Thread-safe. */
final class FirstObservable implements InFlightProbe {

    private final List<InFlightProbe> probes;

    FirstObservable(List<InFlightProbe> probes) {
        this.probes = List.copyOf(probes);
    }

    @Override
    public InFlight read(Duration bound) {
        Duration share = bound.dividedBy(probes.size());
        InFlight reading = new InFlight.Unobservable("nothing to observe");
        for (InFlightProbe probe : probes) {
            reading = probe.read(share);
            if (!(reading instanceof InFlight.Unobservable)) {
                return reading;
            }
        }
        return reading;
    }
}
