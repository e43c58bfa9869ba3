// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.config.ServerSettings;
import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.gate.DoorRules;
import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.gate.GateBudget;
import dev.lastcall.agent.gate.GateCounts;
import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.Restarter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.server.kind.Access;
import dev.lastcall.agent.server.kind.AutoKind;
import dev.lastcall.agent.server.kind.GateAndGauge;
import dev.lastcall.agent.server.kind.KindCutter;
import dev.lastcall.agent.server.kind.KindHealth;
import dev.lastcall.agent.server.kind.KindProbe;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.Kinds;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.agent.server.kind.SequentialCutter;
import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.agent.server.stop.CommandDoor;
import dev.lastcall.agent.server.stop.StopWay;
import dev.lastcall.agent.server.stop.SystemdStopper;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import io.netty.channel.EventLoopGroup;

/**
 * Puts a server together from its configuration: its kind's ways, its gate if it has one, and the way it is stopped. A
 * gate that it makes does not listen yet.
 */
public final class ServerFactory implements AutoCloseable {

    private final LocalHttp http;
    private final KindRecognizer recognizer;
    private final EventLoopGroup loops;
    private final NodeClock clock;
    private final LoopObserver faults;
    private final boolean inPod;
    private final SystemdStopper.Host host = SystemdStopper.Host.local();
    private final GateBudget budget = GateBudget.ofProcess();
    private final List<AutoKind> looking = new CopyOnWriteArrayList<>();
    private final List<StopNeedsWatch> watches = new CopyOnWriteArrayList<>();
    private final List<CertificateWatch> certificates = new CopyOnWriteArrayList<>();

    /** @param inPod whether the agent runs in a pod, so that a kubelet may probe through its gates */
    public ServerFactory(LocalHttp http, KindRecognizer recognizer, EventLoopGroup loops, NodeClock clock,
            LoopObserver faults, boolean inPod) {
        this.inPod = inPod;
        this.http = http;
        this.recognizer = recognizer;
        this.loops = loops;
        this.clock = clock;
        this.faults = faults;
    }

    /**
     * A configured server.
     *
     * @throws IOException if the gate's server has a host name that is not known
     */
    public LocalServer configured(ServerSettings config, DrainSettings drain) throws IOException {
        Optional<Gate> gate = config.gate().isEmpty()
                ? Optional.empty()
                : Optional.of(Gate.prepare(closing(config.gate().get()), clock, loops, budget));
        gate.flatMap(Gate::tls).ifPresent(tls -> watched(new CertificateWatch(config.name(), tls, clock, faults)));
        Consumer<ServerKind> known = one -> gate.filter(_ -> config.probePathsOfKind())
                .ifPresent(its -> its.treatAsProbes(Kinds.of(one).readiness(), Kinds.of(one).liveness()));
        config.kind().ifPresent(known);
        Supplier<ServerKind> kind = config.kind()
                .<Supplier<ServerKind>>map(one -> () -> one)
                .orElseGet(() -> asked(config, known));
        Access access = config.access();
        KindProbe gauges = new KindProbe(kind, access, config.gauge(), http);
        KindCutter abort = new KindCutter(kind, access, http);
        StopWay stop = config.stop();
        Stopper stopper = stop.stopper(host);
        StopNeedsWatch needs = watched(new StopNeedsWatch(config.name(), kind, stopper, clock, faults));
        Door door = gate.<Door>map(one -> one).orElse(Door.NONE);
        boolean gateAlone = gate.isPresent() && config.gauge().isEmpty();
        InFlightProbe probe = gate.<InFlightProbe>map(one -> gateAlone ? one : new GateAndGauge(one, gauges))
                .orElse(gauges);
        InferenceServer server = new InferenceServer(config.name(), kind,
                config.doorCommand().isEmpty() ? door : new CommandDoor(config.name(), door, config.doorCommand()),
                probe,
                gate.<Cutter>map(one -> new SequentialCutter(List.of(one, abort))).orElse(abort),
                stopper, () -> stop.needs(needs.get()).asked(config.stopFirst()),
                gate.map(ServerFactory::counter).orElse(RequestCounter.NONE),
                StopWay.restarter(drain.restartCommand(), stopper), new KindHealth(kind, access, http));
        return new LocalServer(server, config.url().toString(), gate,
                new InFlightSampler(config.name(), server.probe(), gateAlone, clock, faults));
    }

    /** A kubelet whose probes meet a refused connection restarts the server in mid-drain. */
    private GateSettings closing(GateSettings gate) {
        return inPod && gate.door().closed() == DoorRules.Closed.AUTO && gate.probes().isEmpty()
                ? gate.with(gate.door().with(DoorRules.Closed.ANSWER))
                : gate;
    }

    /** A server that was found and is not in the configuration: it is watched, and left to its owner. */
    public LocalServer found(ServerDiscovery.Found found) {
        Supplier<ServerKind> kind = found::kind;
        Access access = Access.open(found.url());
        InferenceServer server = new InferenceServer(found.kind().label() + "-" + found.url().getPort(), kind,
                Door.NONE, new KindProbe(kind, access, Optional.empty(), http), Cutter.NONE,
                Stopper.NONE, StopNeeds.NOTHING_TO_STOP, RequestCounter.NONE,
                Restarter.NONE);
        return new LocalServer(server, found.url().toString(), Optional.empty(),
                new InFlightSampler(server.name(), server.probe(), false, clock, faults));
    }

    /**
     * A pod of this node.
     *
     * @param app the name of its app; empty where it has none
     */
    public LocalServer ofPod(InferenceServer pod, String url, String app) {
        return new LocalServer(pod, url, Optional.empty(),
                new InFlightSampler(pod.name(), pod.probe(), false, clock, faults), app);
    }

    private void watched(CertificateWatch watch) {
        certificates.add(watch);
        watch.start();
    }

    private StopNeedsWatch watched(StopNeedsWatch watch) {
        watches.add(watch);
        watch.start();
        return watch;
    }

    private AutoKind asked(ServerSettings config, Consumer<ServerKind> known) {
        AutoKind auto = new AutoKind(config.name(), config.access(), recognizer, clock, known, faults);
        looking.add(auto);
        auto.start();
        return auto;
    }

    /** Reports on {@code board} what the gates lack. */
    public void report(ConditionBoard board) {
        board.watch(ConditionCode.GATES_FULL, this::lacks);
        for (ConditionCode code : List.of(ConditionCode.CERTIFICATE_UNUSABLE, ConditionCode.CERTIFICATE_ENDS)) {
            board.watch(code, () -> certificates.stream()
                    .flatMap(watch -> watch.lack().stream())
                    .filter(lack -> lack.code() == code)
                    .toList());
        }
    }

    private List<Condition> lacks() {
        List<Condition> lacks = new ArrayList<>();
        if (budget.isCrowded()) {
            lacks.add(Condition.of(ConditionCode.GATES_FULL, "memory",
                    budget.heldBytes() / 1024 + " KiB of " + budget.limitBytes() / 1024 + " KiB are held for clients"));
        }
        if (budget.openConnections() >= budget.mostConnections()) {
            lacks.add(Condition.of(ConditionCode.GATES_FULL, "descriptors",
                    budget.openConnections() + " connections are open, as many as the limit on descriptors allows"));
        }
        return lacks;
    }

    private static RequestCounter counter(Gate gate) {
        return () -> {
            GateCounts counts = gate.counts();
            return new RequestCounter.Totals(counts.admitted(), counts.completed(), counts.refusedTotal(),
                    counts.cutTotal(), counts.lost(), new RequestCounter.Late(counts.late().admitted(),
                            counts.late().completed(), counts.late().cut(), counts.late().lost()));
        };
    }

    /** Ends the looking for what servers are and how they stop. */
    @Override
    public void close() {
        looking.forEach(AutoKind::close);
        watches.forEach(StopNeedsWatch::close);
        certificates.forEach(CertificateWatch::close);
    }
}
