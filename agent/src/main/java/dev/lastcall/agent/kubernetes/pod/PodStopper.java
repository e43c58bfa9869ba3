// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.kubernetes.Persistence;
import dev.lastcall.agent.kubernetes.Reply;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.NodeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a pod go: by eviction first, where that is the policy; a disruption budget that refuses has its share of the time
 * and then the pod is deleted, because the node goes with it or without. Never asks for longer than there is. A pod that
 * somebody else is deleting already, soon enough, is left to them. Thread-safe.
 */
final class PodStopper implements Stopper {

    /** A disruption budget may refuse for this part of what is left. */
    static final int EVICTION_SHARE = 4;

    static final Duration MAX_EVICTION = Duration.ofSeconds(15);

    /** The API server rounds to seconds, and clocks differ a little: somebody else's deletion may end so much later. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    private static final Duration LEAST_GRACE = Duration.ofSeconds(1);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Logger log = LoggerFactory.getLogger(PodStopper.class);

    private final ApiCalls api;
    private final Supplier<Pod> pod;
    private final Supplier<Boolean> gone;
    private final PodSettings.Policy policy;
    private final NodeClock clock;
    private final Persistence persistence;
    private volatile boolean vanished;

    /**
     * @param pod as it was seen last
     * @param gone whether it was seen to be gone
     */
    PodStopper(ApiCalls api, Supplier<Pod> pod, Supplier<Boolean> gone, PodSettings.Policy policy,
            NodeClock clock) {
        this.api = api;
        this.pod = pod;
        this.gone = gone;
        this.policy = policy;
        this.clock = clock;
        this.persistence = Persistence.eager(clock);
    }

    /** An idle pod needs no more than its own grace. */
    @Override
    public Outcome terminate(Duration bound) {
        return go(bound, pod.get().grace());
    }

    /** A pod that holds its own door may use all the time there is: it ends when it is idle. */
    Outcome depart(Duration bound) {
        return go(bound, bound);
    }

    @Override
    public Outcome kill(Duration bound) {
        return outcome(delete(bound, LEAST_GRACE));
    }

    @Override
    public boolean isGone() {
        return vanished || gone.get() || pod.get().ended();
    }

    private Outcome go(Duration bound, Duration grace) {
        long until = clock.nanoTime() + bound.toNanos();
        if (isGone() || leavesInTime(bound)) {
            return Outcome.DONE;
        }
        if (policy == PodSettings.Policy.EVICT) {
            Reply evicted = evict(until, grace);
            if (isSettled(evicted)) {
                return Outcome.DONE;
            }
            log.atWarn()
                    .addKeyValue("pod", pod.get().serverName())
                    .addKeyValue("reason", evicted.problem())
                    .log("the pod cannot be evicted; it is deleted, because its node goes anyway");
        }
        return outcome(delete(left(until), grace));
    }

    private boolean leavesInTime(Duration bound) {
        Instant until = clock.wallTime().plus(bound).plus(SLACK);
        return pod.get().leavingBy().filter(by -> !by.isAfter(until)).isPresent();
    }

    private Reply evict(long until, Duration grace) {
        Duration whole = left(until);
        Duration share = min(MAX_EVICTION, whole.dividedBy(EVICTION_SHARE));
        try {
            return persistence.call(() -> {
                ObjectNode eviction = JSON.createObjectNode().put("apiVersion", "policy/v1").put("kind", "Eviction");
                eviction.putObject("metadata").put("name", pod.get().name()).put("namespace", pod.get().namespace());
                eviction.set("deleteOptions", options(until, grace));
                return api.call(Call.create(pod.get().path() + "/eviction", eviction).within(within(until)));
            }, share);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return new Reply.Unreachable("interrupted");
        }
    }

    private Reply delete(Duration bound, Duration grace) {
        long until = clock.nanoTime() + bound.toNanos();
        try {
            return persistence.call(() -> api.call(Call.delete(pod.get().path(), options(until, grace))
                    .within(within(until))), bound);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return new Reply.Unreachable("interrupted");
        }
    }

    /** Never a pod of the same name that came later; never a longer grace than there is time. */
    private ObjectNode options(long until, Duration grace) {
        long seconds = Math.max(LEAST_GRACE.toSeconds(), min(grace, left(until)).toSeconds());
        ObjectNode options = JSON.createObjectNode()
                .put("apiVersion", "v1")
                .put("kind", "DeleteOptions")
                .put("gracePeriodSeconds", seconds);
        options.putObject("preconditions").put("uid", pod.get().uid());
        return options;
    }

    private Duration within(long until) {
        return min(Call.BOUND, left(until));
    }

    private Duration left(long until) {
        return Duration.ofNanos(Math.max(LEAST_GRACE.toNanos(), until - clock.nanoTime()));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Done, or the pod is not there any more (404), or its name is another's by now (409). */
    private boolean isSettled(Reply reply) {
        if (reply.isRefusedWith(404) || reply.isRefusedWith(409)) {
            vanished = true;
        }
        return vanished || reply.isOk();
    }

    private Outcome outcome(Reply reply) {
        return isSettled(reply) ? Outcome.DONE : new Outcome.Failed(reply.problem());
    }
}
