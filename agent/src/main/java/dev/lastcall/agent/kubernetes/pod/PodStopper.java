// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a pod go: by eviction first, where that is the policy; a disruption budget that refuses has its share of the time
 * and then the pod is deleted, because the node goes with it or without. Goes on for as long as the pod is there and time is
 * left, whatever is answered: an answer that could mean "gone" is followed by a look at the pod. Never asks for longer than
 * there is. A pod that another client is deleting already, soon enough, is left to that client. Thread-safe.
 */
final class PodStopper implements Stopper {

    /** The API server rounds to seconds, and clocks differ a little: another client's deletion may end so much later. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    private static final Logger log = LoggerFactory.getLogger(PodStopper.class);

    private final Supplier<Pod> pod;
    private final PodSettings.Policy policy;
    private final NodeClock clock;
    private final PodRemoval removal;
    private final CountDownLatch answered = new CountDownLatch(1);
    private @Nullable PodTermination underWay; // guarded by this

    /**
     * @param pod as it was seen last
     * @param gone whether it was seen to be gone
     * @param madeUnready whether this agent has taken the pod's readiness, which a disruption budget counts against it
     */
    PodStopper(ApiCalls api, Supplier<Pod> pod, BooleanSupplier gone, PodSettings.Policy policy,
            BooleanSupplier madeUnready, NodeClock clock) {
        this.pod = pod;
        this.policy = policy;
        this.clock = clock;
        this.removal = new PodRemoval(api, pod, () -> gone.getAsBoolean() || pod.get().ended(), madeUnready,
                answered::countDown, clock);
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
        return removal.delete(new PodTermination(clock.nanoTime() + bound.toNanos(), PodRemoval.LEAST_GRACE));
    }

    @Override
    public boolean isGone() {
        return removal.isOver();
    }

    /** Waits until an eviction or a deletion has had its first answer, for {@code bound} at most. */
    void awaitFirstAnswer(Duration bound) throws InterruptedException {
        if (!answered.await(bound.toNanos(), TimeUnit.NANOSECONDS)) {
            log.atDebug().addKeyValue("pod", pod.get().serverName()).log("the first eviction has no answer yet");
        }
    }

    private Outcome go(Duration bound, Duration grace) {
        PodTermination mine = new PodTermination(clock.nanoTime() + bound.toNanos(), grace);
        PodTermination before = join(mine);
        if (before != null) {
            return outcomeOf(before, bound);
        }
        Outcome outcome = new Outcome.Failed("it was given up");
        try {
            outcome = carryOut(mine, bound);
            return outcome;
        } finally {
            leave(mine, outcome);
        }
    }

    /** One thread makes a pod go; another that wants it sooner only shortens what the first asks for. */
    private synchronized @Nullable PodTermination join(PodTermination mine) {
        PodTermination before = underWay;
        if (before == null) {
            underWay = mine;
        } else {
            before.shorten(mine);
        }
        return before;
    }

    private synchronized void leave(PodTermination mine, Outcome outcome) {
        underWay = null;
        mine.outcome().complete(outcome);
    }

    private static Outcome outcomeOf(PodTermination before, Duration bound) {
        try {
            return before.outcome().get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted");
        } catch (ExecutionException | TimeoutException late) {
            return new Outcome.Failed("the eviction under way has had no end within " + bound.toMillis() + " ms");
        }
    }

    private Outcome carryOut(PodTermination podTermination, Duration bound) {
        if (isGone() || leavesInTime(bound)) {
            return Outcome.DONE;
        }
        if (policy == PodSettings.Policy.EVICT) {
            ApiReply evicted = removal.evict(podTermination);
            if (evicted.isOk() || isGone()) {
                return Outcome.DONE;
            }
            log.atWarn()
                    .addKeyValue("pod", pod.get().serverName())
                    .addKeyValue("reason", evicted.problem())
                    .log("the pod cannot be evicted; it is deleted, because its node goes anyway");
        }
        return removal.delete(podTermination);
    }

    private boolean leavesInTime(Duration bound) {
        Instant until = clock.wallTime().plus(bound).plus(SLACK);
        return pod.get().leavingBy().filter(by -> !by.isAfter(until)).isPresent();
    }
}
