// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.ApiRetry;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.server.Stopper.Outcome;
import dev.lastcall.metadata.NodeClock;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks the API server to evict or to delete one pod, again and again while the pod is there and time is left. Blocks its
 * thread; thread-safe.
 */
final class PodRemoval {

    /** A disruption budget may refuse for this part of what is left. */
    static final int EVICTION_SHARE = 4;

    static final Duration MAX_EVICTION = Duration.ofSeconds(15);

    /**
     * An eviction that is refused for another reason than a budget or a failure of the moment is tried for so long. An API
     * server that has just started answers 403 until it has read its roles, a conflict goes by.
     */
    static final Duration FIRM_REFUSAL = Duration.ofSeconds(3);

    static final Duration LEAST_GRACE = Duration.ofSeconds(1);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ApiCalls api;
    private final Supplier<Pod> pod;
    private final BooleanSupplier gone;
    private final BooleanSupplier madeUnready;
    private final Runnable answered;
    private final NodeClock clock;
    private final ApiRetry retryPolicy;
    private volatile boolean vanished;

    PodRemoval(ApiCalls api, Supplier<Pod> pod, BooleanSupplier gone, BooleanSupplier madeUnready, Runnable answered,
            NodeClock clock) {
        this.api = api;
        this.pod = pod;
        this.gone = gone;
        this.madeUnready = madeUnready;
        this.answered = answered;
        this.clock = clock;
        this.retryPolicy = ApiRetry.eager(clock);
    }

    /** Whether the pod is gone, or has ended. */
    boolean isOver() {
        return vanished || gone.getAsBoolean();
    }

    /** Evicts for the eviction's share of the time; the last answer. */
    ApiReply evict(PodTermination podTermination) {
        long begun = clock.nanoTime();
        Duration whole = min(MAX_EVICTION, left(podTermination).dividedBy(EVICTION_SHARE));
        return persist(() -> eviction(podTermination),
                (reply, next) -> next - begun - (isPassing(reply) ? whole : min(FIRM_REFUSAL, whole)).toNanos() < 0);
    }

    /**
     * Whether waiting may help. A budget counts a pod that is not ready against the eviction, and no successor of it starts
     * before it goes: where this agent has taken the readiness, waiting for the budget is no use.
     */
    private boolean isPassing(ApiReply reply) {
        return !reply.isRefusedWith(403) && ApiRetry.isWorthRepeating(reply)
                && !(reply.isRefusedWith(429) && madeUnready.getAsBoolean());
    }

    /** Deletes for all the time there is. */
    Outcome delete(PodTermination podTermination) {
        ApiReply reply = persist(
                () -> Call.delete(pod.get().path(), options(podTermination)).within(within(podTermination)),
                (_, next) -> next - podTermination.until() < 0);
        return reply.isOk() || isOver() ? Outcome.DONE : new Outcome.Failed(reply.problem());
    }

    /** Whether another attempt is made after this answer, at this instant of the monotonic clock. */
    @FunctionalInterface
    private interface Patience {
        boolean goesOn(ApiReply last, long next);
    }

    private ApiReply persist(Supplier<Call> call, Patience patience) {
        try {
            for (int failures = 1;; failures++) {
                ApiReply reply = api.call(call.get());
                answered.run();
                if (reply.isOk() || isOver() || (PodPresence.isInDoubtAfter(reply) && looksGone())) {
                    return reply;
                }
                Duration pause = retryPolicy.pause(reply, failures);
                if (!patience.goesOn(reply, clock.nanoTime() + pause.toNanos())) {
                    return reply;
                }
                clock.sleep(pause);
                if (isOver()) {
                    return reply;
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return new ApiReply.Unreachable("interrupted");
        }
    }

    private boolean looksGone() {
        if (PodPresence.look(api, pod.get(), Call.BOUND) == PodPresence.GONE) {
            vanished = true;
        }
        return vanished;
    }

    private Call eviction(PodTermination podTermination) {
        ObjectNode eviction = JSON.createObjectNode().put("apiVersion", "policy/v1").put("kind", "Eviction");
        eviction.putObject("metadata").put("name", pod.get().name()).put("namespace", pod.get().namespace());
        eviction.set("deleteOptions", options(podTermination));
        return Call.create(pod.get().path() + "/eviction", eviction).within(within(podTermination));
    }

    /** Never a pod of the same name that came later; never a longer grace than there is time. */
    private ObjectNode options(PodTermination podTermination) {
        long seconds = Math.max(LEAST_GRACE.toSeconds(), min(podTermination.grace(), left(podTermination)).toSeconds());
        ObjectNode options = JSON.createObjectNode()
                .put("apiVersion", "v1")
                .put("kind", "DeleteOptions")
                .put("gracePeriodSeconds", seconds);
        options.putObject("preconditions").put("uid", pod.get().uid());
        return options;
    }

    private Duration within(PodTermination podTermination) {
        return min(Call.BOUND, left(podTermination));
    }

    private Duration left(PodTermination podTermination) {
        return Duration.ofNanos(Math.max(LEAST_GRACE.toNanos(), podTermination.until() - clock.nanoTime()));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
