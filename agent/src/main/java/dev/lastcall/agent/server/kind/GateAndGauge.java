// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;

/**
 * A gate's count and a gauge of the same server, which sees what comes by ways beside the gate: idle is when both are zero. The
 * gauge may or may not count what comes through the gate too, so the greater of the two is the number. Thread-safe.
 *
 * @param gate counts exactly
 * @param gauge named by the operator
 */
public record GateAndGauge(InFlightProbe gate, InFlightProbe gauge) implements InFlightProbe {

    @Override
    public InFlight read(Duration bound) {
        return switch (gauge.read(bound)) {
            case InFlight.Gauged(int beside, Duration lag) -> switch (gate.read(bound)) {
                case InFlight.Exact(int through) -> new InFlight.Gauged(Math.max(through, beside), lag);
                case InFlight.Gauged _,InFlight.Unclear _,InFlight.Unobservable _ -> new InFlight.Gauged(beside, lag);
            };
            case InFlight.Exact exact -> exact;
            case InFlight.Unclear unclear -> unclear;
            // To wait for a gauge that is not there any more is to wait for time.
            case InFlight.Unobservable unobservable -> unobservable;
        };
    }

    @Override
    public boolean keepsAwake() {
        return gauge.keepsAwake();
    }
}
