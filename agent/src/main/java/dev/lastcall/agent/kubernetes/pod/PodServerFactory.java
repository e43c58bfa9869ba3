// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.server.kind.Access;
import dev.lastcall.agent.server.kind.AutoKind;
import dev.lastcall.agent.server.kind.KindCutter;
import dev.lastcall.agent.server.kind.KindProbe;
import dev.lastcall.agent.server.kind.KindRecognizer;
import dev.lastcall.agent.server.kind.Kinds;
import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.agent.server.kind.SidecarGate;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;

/**
 * Makes a server out of a pod. With a gate as its sidecar the gate counts, closes and cuts by itself, because it hears the
 * notice from the node's agent; without one the pod is read by its gauges and closed by its readiness. Thread-safe.
 *
 * @param api the cluster
 * @param settings what holds where the pod does not say
 * @param knownLead the lead where the settings say none; asked once for each pod
 * @param http reads the pods
 * @param recognizer finds out which server a pod is
 * @param clock the node's clocks
 * @param loops receives the faults of what looks at the pods
 */
public record PodServerFactory(ApiCalls api, PodSettings settings, Supplier<Duration> knownLead, LocalHttp http,
        KindRecognizer recognizer, NodeClock clock, LoopObserver loops) {

    /** A pod's readiness waits so long for the answer to its eviction; routers hear of the eviction just as well. */
    private static final Duration EVICTION_FIRST = Duration.ofMillis(300);

    ServedPod serve(Pod pod) {
        AtomicReference<Pod> state = new AtomicReference<>(pod);
        AtomicBoolean gone = new AtomicBoolean();
        PodSettings.Policy policy = pod.annotations().policy().orElse(settings.policy());
        boolean atOnce = pod.holdsDoor() && policy != PodSettings.Policy.LEAVE;
        Optional<PodDoor> door = pod.asksForOpen() ? Optional.of(new PodDoor(api, pod, clock)) : Optional.empty();
        PodStopper stopper = new PodStopper(api, state::get, gone::get, policy,
                () -> door.filter(PodDoor::isClosed).isPresent(), clock);
        if (atOnce && policy == PodSettings.Policy.EVICT) {
            door.ifPresent(one -> one.closeAfter(() -> stopper.awaitFirstAnswer(EVICTION_FIRST)));
        }
        URI url = at(pod.ip(), pod.port());
        Access access = Access.open(url);
        Optional<AutoKind> looking = pod.annotations().kind().isEmpty() && pod.gatePort().isEmpty()
                ? Optional.of(new AutoKind(pod.serverName(), access, recognizer, clock, _ -> {}, loops))
                : Optional.empty();
        ServerKind annotated = pod.annotations().kind().orElse(ServerKind.GENERIC);
        Supplier<ServerKind> kind = looking.<Supplier<ServerKind>>map(auto -> auto).orElse(() -> annotated);
        Optional<SidecarGate> gate = pod.gatePort()
                .map(port -> new SidecarGate(http, at(pod.ip(), port).resolve("/v1/status")));
        InferenceServer server = new InferenceServer(pod.serverName(), kind,
                door.<Door>map(one -> one).orElse(Door.NONE),
                gate.<InFlightProbe>map(one -> one)
                        .orElseGet(() -> new KindProbe(kind, access, Optional.empty(), http)),
                gate.isPresent() ? Cutter.NONE : new KindCutter(kind, access, http),
                policy == PodSettings.Policy.LEAVE ? Stopper.NONE : stopper, needs(pod, policy, annotated),
                gate.<RequestCounter>map(one -> one).orElse(RequestCounter.NONE), PodServerFactory::replaced);
        looking.ifPresent(AutoKind::start);
        return new ServedPod(new PodServer(server, url.toString(), pod.app()), state, gone, stopper,
                atOnce, door,
                () -> looking.ifPresent(AutoKind::close));
    }

    private StopNeeds needs(Pod pod, PodSettings.Policy policy, ServerKind kind) {
        Duration lead = settings.lead().orElseGet(knownLead);
        if (policy == PodSettings.Policy.LEAVE) {
            return new StopNeeds(false, StopNeeds.NOTHING_TO_STOP.grace(), lead);
        }
        return new StopNeeds(true, pod.annotations().grace().orElse(Kinds.of(kind).stop().grace()), lead);
    }

    private static Stopper.Outcome replaced(Duration bound) {
        return new Stopper.Outcome.Failed("the pod was asked to go; its controller has started another");
    }

    private static URI at(String ip, int port) {
        return URI.create("http://" + (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port);
    }
}
