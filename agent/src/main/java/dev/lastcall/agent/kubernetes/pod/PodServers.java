// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

import dev.lastcall.agent.kubernetes.ClusterEvents;
import dev.lastcall.agent.kubernetes.ListWatch;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The servers that the pods of this node are, as pods come and go. A pod that goes while a notice is active keeps its server
 * until the notice is withdrawn, because its drain and its record are not over.
 *
 * <p>Thread-safe. Pods are reported on the watch's thread. A notice is heard on the thread that brings it, and costs that
 * thread the start of one thread for each pod that may go at once.
 */
public final class PodServers implements ListWatch.Sink, NoticeEvent.Listener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PodServers.class);

    private final PodParser parser;
    private final PodServerFactory factory;
    private final ClusterEvents events;
    private final NodeClock clock;
    private final BiFunction<Duration, StopNeeds, Duration> untilKill;
    private final Listener listener;

    private final Map<String, ServedPod> served = new LinkedHashMap<>(); // by uid; guarded by this
    private final Map<String, String> complaints = new TreeMap<>(); // by pod; guarded by this
    private final Map<String, Pod> unknown = new LinkedHashMap<>(); // by uid; guarded by this
    private @Nullable Reclamation standing; // guarded by this
    private boolean unconfirmed; // guarded by this
    private boolean closed; // guarded by this

    /** Hears of servers. Called under this object's lock; must not block. */
    public interface Listener {
        /** A pod is to be drained from now on. */
        void added(PodServer server);

        /** It is not any more, because it is gone. */
        void removed(String server);
    }

    /**
     * @param untilKill how long a server has, of a window that is left, until it is killed
     */
    public PodServers(PodSettings settings, PodServerFactory factory, ClusterEvents events, NodeClock clock,
            BiFunction<Duration, StopNeeds, Duration> untilKill, Listener listener) {
        this.parser = new PodParser(settings);
        this.factory = factory;
        this.events = events;
        this.clock = clock;
        this.untilKill = untilKill;
        this.listener = listener;
    }

    @Override
    public synchronized void retain(Set<String> uids) {
        served.values().stream().filter(pod -> !uids.contains(pod.uid())).toList().forEach(this::gone);
        unknown.keySet().retainAll(uids);
    }

    @Override
    public synchronized void put(JsonNode one) {
        Pod pod = parser.parse(one);
        noteUnknown(pod);
        ServedPod known = served.get(pod.uid());
        if (known != null) {
            boolean moved = !pod.ip().isEmpty() && !known.isAt(pod.ip());
            known.seen(pod);
            if (pod.ended()) {
                gone(known);
            } else if (moved && standing == null) {
                // After a reboot of the node the same pod has another address.
                forget(known);
                add(pod);
            }
        } else if (!closed && pod.chosen() && !pod.ended() && !pod.ip().isEmpty()) {
            add(pod);
        }
    }

    @Override
    public synchronized void remove(JsonNode one) {
        unknown.remove(uid(one));
        ServedPod known = served.get(uid(one));
        if (known != null) {
            gone(known);
        }
    }

    /** A pod that may have an accelerator and is not drained is reported: once in the log, and in status while it exists. */
    private void noteUnknown(Pod pod) {
        if (pod.unknownResources().isEmpty() || pod.ended() || closed) {
            unknown.remove(pod.uid());
        } else if (unknown.put(pod.uid(), pod) == null) {
            log.atWarn()
                    .addKeyValue("pod", pod.serverName())
                    .addKeyValue("resources", String.join(", ", pod.unknownResources()))
                    .log("a pod requests an extended resource that is on no list; it is not drained");
        }
    }

    private static String uid(JsonNode pod) {
        return pod.path("metadata").path("uid").asString("");
    }

    private void add(Pod pod) {
        // A StatefulSet's next pod has its predecessor's name, and there is one server of a name.
        served.values()
                .stream()
                .filter(other -> other.server().server().name().equals(pod.serverName()))
                .toList()
                .forEach(this::forget);
        complain(pod);
        ServedPod fresh = factory.serve(pod);
        served.put(pod.uid(), fresh);
        log.atInfo()
                .addKeyValue("pod", pod.serverName())
                .addKeyValue("url", fresh.server().url())
                .addKeyValue("gate", pod.gatePort().isPresent())
                .addKeyValue("holds", pod.holdsDoor())
                .log("a pod of this node is to be drained");
        listener.added(fresh.server());
        if (standing == null) {
            fresh.open();
        } else if (!unconfirmed) {
            departAtOnce(fresh, standing);
        }
    }

    private void complain(Pod pod) {
        if (pod.annotations().problems().isEmpty()) {
            return;
        }
        String problems = String.join("; ", pod.annotations().problems());
        complaints.put(pod.serverName(), problems);
        log.atWarn()
                .addKeyValue("pod", pod.serverName())
                .addKeyValue("problems", problems)
                .log("annotations that make no sense; the pod is drained by the defaults");
        events.leave(new ClusterEvents.Subject("Pod", pod.namespace(), pod.name(), pod.uid()),
                ClusterEvents.Type.WARNING, "LastcallBadAnnotation",
                problems + ". The pod is drained by the defaults.");
    }

    private void gone(ServedPod pod) {
        pod.leave();
        if (standing == null) {
            forget(pod);
        }
    }

    private void forget(ServedPod pod) {
        served.remove(pod.uid());
        complaints.remove(pod.server().server().name());
        pod.close();
        listener.removed(pod.server().server().name());
    }

    @Override
    public void on(NoticeEvent event) {
        switch (event) {
            case NoticeEvent.Noticed noticed -> noticed(noticed.reclamation(), noticed.restored());
            case NoticeEvent.DeadlineMoved moved -> noticed(moved.reclamation(), false);
            case NoticeEvent.Withdrawn _ -> withdrawn();
            case NoticeEvent.Advised _,NoticeEvent.AdviceCleared _ -> {
            }
        }
    }

    private synchronized void noticed(Reclamation reclamation, boolean restored) {
        standing = reclamation;
        unconfirmed = restored;
        if (!restored) {
            served.values().forEach(pod -> departAtOnce(pod, reclamation));
        }
    }

    /**
     * A notice from before a restart of the agent is confirmed: pods are asked to go as at a new one. Before that, the notice may
     * be withdrawn already, and a pod that was asked to go does not come back.
     */
    public synchronized void confirmed() {
        if (standing != null && unconfirmed) {
            noticed(standing, false);
        }
    }

    private synchronized void withdrawn() {
        standing = null;
        served.values().stream().filter(ServedPod::wentAway).toList().forEach(this::forget);
    }

    /** A pod that holds its own door is asked to go in the same second, so that its successor can start. */
    private void departAtOnce(ServedPod pod, Reclamation reclamation) {
        Optional<PodStopper> stopper = pod.departure();
        if (stopper.isEmpty()) {
            return;
        }
        Thread.ofVirtual().name("depart-" + pod.server().server().name()).start(() -> {
            Duration left = untilKill.apply(reclamation.deadline().remaining(clock), pod.server().server().needs());
            if (stopper.get().depart(left) instanceof Stopper.Outcome.Failed(String reason)) {
                log.atWarn()
                        .addKeyValue("pod", pod.server().server().name())
                        .addKeyValue("reason", reason)
                        .log("the pod could not be asked to go at once; it is asked again when it is idle");
            }
        });
    }

    /** What is wrong in the annotations of which pod. */
    public synchronized Map<String, String> complaints() {
        return new TreeMap<>(complaints);
    }

    /** What pods request that may be an accelerator, and are not drained for. */
    public synchronized Map<String, String> unknownResources() {
        Map<String, String> named = new TreeMap<>();
        unknown.values()
                .forEach(pod -> named.put(pod.serverName(), "requests " + String.join(", ", pod.unknownResources())
                        + ", which is on no list; it is not drained"));
        return named;
    }

    @Override
    public synchronized void close() {
        closed = true;
        served.values().forEach(ServedPod::close);
    }
}
