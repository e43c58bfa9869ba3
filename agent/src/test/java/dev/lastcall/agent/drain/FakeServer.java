// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.agent.server.CutScope;
import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.Restarter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;

/** A server in memory that writes down what is done to it. */
final class FakeServer implements Door, InFlightProbe, Cutter, Stopper {

    final String name;
    final List<String> deeds = new CopyOnWriteArrayList<>();
    final AtomicInteger inFlight = new AtomicInteger();
    final AtomicBoolean gone = new AtomicBoolean();
    final AtomicBoolean obeysTerm = new AtomicBoolean(true);
    final AtomicInteger doorFailures = new AtomicInteger();
    final AtomicBoolean serves = new AtomicBoolean();
    final AtomicBoolean abortHangs = new AtomicBoolean();
    final AtomicBoolean hangs = new AtomicBoolean();
    volatile Optional<Outcome> announcement = Optional.empty();
    volatile Optional<Duration> lettingIn = Optional.empty();
    volatile Optional<String> leftBehind = Optional.empty();
    volatile StopNeeds needs = StopNeeds.PROMPT;
    private final FastClock clock;

    FakeServer(String name, FastClock clock) {
        this.name = name;
        this.clock = clock;
    }

    InferenceServer server() {
        return new InferenceServer(name, () -> ServerKind.GENERIC, this, this, this, this, () -> needs,
                () -> new RequestCounter.Totals(10, 10 - inFlight.get(), 0, 0, 0), bound -> {
                    deeds.add("restart");
                    serves.set(true);
                    return Outcome.DONE;
                }, this::health);
    }

    InferenceServer serverWithoutRestart() {
        InferenceServer server = server();
        return new InferenceServer(server.name(), server.knownKind(), server.door(), server.probe(), server.cutter(),
                server.stopper(), server.knownNeeds(), server.counter(), Restarter.NONE, this::health);
    }

    @Override
    public Optional<Duration> lettingIn() {
        return lettingIn;
    }

    @Override
    public void closeDoor() {
        if (doorFailures.getAndDecrement() > 0) {
            throw new IllegalStateException("door jammed");
        }
        deeds.add("close");
    }

    @Override
    public void openDoor() {
        deeds.add("open");
    }

    @Override
    public Outcome onNotice(Duration left, Duration bound) {
        return announcement.map(outcome -> {
            deeds.add("announce " + left.toSeconds() + " s");
            return outcome;
        }).orElse(Outcome.DONE);
    }

    @Override
    public Optional<String> remains() {
        return leftBehind;
    }

    @Override
    public InFlight read(Duration bound) {
        hangIfAsked();
        return new InFlight.Exact(inFlight.get());
    }

    /** As a server's own abort, which reaches everything in flight. */
    @Override
    public int cut(Duration bound, CutScope scope) {
        return scope.abort(() -> cut(bound));
    }

    @Override
    public int cut(Duration bound) {
        deeds.add("cut");
        hangIfAsked();
        while (abortHangs.get()) {
            Thread.onSpinWait();
        }
        return inFlight.getAndSet(0);
    }

    @Override
    public Outcome terminate(Duration bound) {
        deeds.add("terminate");
        if (obeysTerm.get()) {
            gone.set(true);
        }
        return Outcome.DONE;
    }

    @Override
    public Outcome kill(Duration bound) {
        deeds.add("kill");
        gone.set(true);
        return Outcome.DONE;
    }

    private HealthReading health(Duration bound) {
        return serves.get() ? new HealthReading.Answered() : new HealthReading.Unreachable("refused");
    }

    @Override
    public boolean isGone() {
        return gone.get();
    }

    /** Far beyond every bound, and beyond the test. */
    private void hangIfAsked() {
        while (hangs.get()) {
            try {
                clock.sleep(Duration.ofMinutes(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
