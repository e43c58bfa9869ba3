// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * One local inference server, as the drain sees it: everything that can be done to it and read from it. Immutable; the
 * collaborators are thread-safe.
 *
 * @param name its name in configuration, metrics and records; unique on the node
 * @param knownKind which server it is, as far as that is known by now
 * @param door whether new requests get in
 * @param probe how many are in flight
 * @param cutter ends what is left
 * @param stopper stops its process
 * @param knownNeeds what its stop asks of the budget, as far as that is known by now; does not block
 * @param counter totals of its requests, for the record
 * @param restarter brings it back after a withdrawal
 * @param health whether something serves at its address, whatever process that is
 */
public record InferenceServer(String name, Supplier<ServerKind> knownKind, Door door, InFlightProbe probe,
        Cutter cutter,
        Stopper stopper, Supplier<StopNeeds> knownNeeds, RequestCounter counter, Restarter restarter,
        HealthProbe health) {

    /** One whose address is not looked at. */
    public InferenceServer(String name, Supplier<ServerKind> knownKind, Door door, InFlightProbe probe, Cutter cutter,
            Stopper stopper, StopNeeds needs, RequestCounter counter, Restarter restarter) {
        this(name, knownKind, door, probe, cutter, stopper, () -> needs, counter, restarter, HealthProbe.NONE);
    }

    /** Which server it is, as far as that is known by now. */
    public ServerKind kind() {
        return knownKind.get();
    }

    /** What its stop asks of the budget, as far as that is known by now. */
    public StopNeeds needs() {
        return knownNeeds.get();
    }

    /** The same server with hands off: it is read as ever, and closing, cutting and stopping only pretend. */
    public InferenceServer inDryRun() {
        var stopSent = new AtomicBoolean();
        var pretended = new Stopper() {
            @Override
            public Outcome terminate(Duration bound) {
                stopSent.set(true);
                return Outcome.DONE;
            }

            @Override
            public Outcome kill(Duration bound) {
                stopSent.set(true);
                return Outcome.DONE;
            }

            @Override
            public boolean isGone() {
                return stopSent.get() || stopper.isGone();
            }

            @Override
            public boolean isRunning() {
                return stopper.isRunning();
            }
        };
        return new InferenceServer(name, knownKind, Door.NONE, probe, Cutter.NONE, pretended,
                () -> needs().asked(false), counter,
                Restarter.NONE, health);
    }
}
