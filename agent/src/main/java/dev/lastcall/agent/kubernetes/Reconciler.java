// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings about what was wanted last of one thing in the cluster: a mark on the node, a pod's condition. The caller does not
 * wait. A virtual thread tries until it is so, something else is wanted, or trying again is no use: often while a notice may
 * be active, and seldom after that, because a node that keeps its cold taint never takes work again. A thing that is as it
 * is wanted has no thread. Thread-safe.
 *
 * @param <T> what can be wanted; compared by equals
 */
public final class Reconciler<T> implements AutoCloseable {

    /** With the pauses of {@link ApiRetry#eager} some three minutes, longer than any notice. */
    private static final int EAGER_TRIES = 100;

    /** Between two tries after that: the upgrade of a control plane takes some minutes. */
    private static final Duration PATIENT = Duration.ofMinutes(1);

    /** A conflict is with a write that is over: so many are tried again without a pause. */
    private static final int QUICK_CONFLICTS = 3;

    /** While nothing presses: so many tries in quick succession against a 403, so many patient ones, then seldom ones. */
    private static final int QUICK_FORBIDDEN = 3;
    private static final int PATIENT_FORBIDDEN = 20;
    private static final Duration FORBIDDEN_RETRY = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    private final String name;
    private final ApiRetry retryPolicy;
    private final Effect<T> effect;
    private final Predicate<T> urgent;
    private final int eagerTries;
    private final Duration patient;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All below is guarded by lock.
    private @Nullable T wanted;
    private @Nullable T reached;
    private @Nullable String problem;
    private boolean working;
    private boolean closed;

    /** Makes one attempt. Blocks its thread within the bounds of its calls; must not throw. */
    @FunctionalInterface
    public interface Effect<T> {
        /**
         * Brings {@code wanted} about.
         *
         * @return what came of it; whatever is not done is tried again, with a new look where the effect looks first,
         *     unless the API server says that the object itself is absent
         */
        ApiReply bringAbout(T wanted);
    }

    /**
     * @param name for threads and log lines, such as {@code node condition}
     * @param urgent which values a notice brings: a 403 is not believed then, and is tried again as often as a failure
     */
    public Reconciler(String name, ApiRetry retryPolicy, Effect<T> effect, Predicate<T> urgent) {
        this(name, retryPolicy, effect, urgent, EAGER_TRIES, PATIENT);
    }

    /** As the public one, patient with {@code patient} after so many tries. */
    Reconciler(String name, ApiRetry retryPolicy, Effect<T> effect, Predicate<T> urgent, int eagerTries,
            Duration patient) {
        this.name = name;
        this.retryPolicy = retryPolicy;
        this.effect = effect;
        this.urgent = urgent;
        this.eagerTries = eagerTries;
        this.patient = patient;
    }

    /** Wants this from now on; returns at once. */
    public void want(T value) {
        lock.lock();
        try {
            if (closed || (value.equals(wanted) && (working || value.equals(reached)))) {
                return;
            }
            wanted = value;
            if (!working) {
                working = true;
                Thread.ofVirtual().name("kubernetes " + name).start(this::work);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Brings about again what was wanted last: the object that it was done to is another one now. Returns at once. */
    public void renew() {
        lock.lock();
        try {
            reached = null;
            if (!closed && !working && wanted != null) {
                working = true;
                Thread.ofVirtual().name("kubernetes " + name).start(this::work);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether something was wanted, is not so, and is no longer tried for. */
    public boolean hasGivenUp() {
        lock.lock();
        try {
            return !working && !closed && wanted != null && !wanted.equals(reached);
        } finally {
            lock.unlock();
        }
    }

    /** Why it is not as it was wanted last; empty where it is, and where nothing was wanted. */
    public Optional<String> problem() {
        lock.lock();
        try {
            return Optional.ofNullable(problem);
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        int failures = 0;
        @Nullable
        T last = null;
        while (true) {
            T value = next();
            if (value == null) {
                return;
            }
            failures = value.equals(last) ? failures : 0;
            last = value;
            ApiReply reply = attempt(value);
            if (done(value, reply, ++failures)) {
                return;
            }
        }
    }

    /** A fault of the effect is one more attempt that failed: the work goes on. */
    private ApiReply attempt(T value) {
        try {
            return effect.bringAbout(value);
        } catch (RuntimeException | Error fault) {
            log.atError()
                    .setCause(fault)
                    .addKeyValue("what", name)
                    .log("telling the cluster failed; it is tried again");
            return new ApiReply.Unreachable("a fault of Lastcall: " + fault);
        }
    }

    private @Nullable T next() {
        lock.lock();
        try {
            if (closed || wanted == null) {
                rest();
                return null;
            }
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is nothing more to do for now; waits before the next try where there is. */
    private boolean done(T value, ApiReply reply, int failures) {
        lock.lock();
        try {
            boolean first = problem == null;
            problem = reply.isOk() ? null : reply.problem();
            if (reply.isOk()) {
                reached = value;
            } else {
                tell(first, reply);
            }
            if (!value.equals(wanted)) {
                return false;
            }
            if (reply.isOk() || !isWorthAnotherTry(reply)) {
                rest();
                return true;
            }
            long left = pause(value, reply, failures).toNanos();
            while (left > 0 && !closed && Objects.equals(value, wanted)) {
                left = changed.awaitNanos(left);
            }
            return false;
        } catch (InterruptedException never) {
            rest();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** No attempt is under way any more. With the lock held. */
    private void rest() {
        working = false;
        changed.signalAll();
    }

    private Duration pause(T value, ApiReply reply, int failures) {
        if (reply.isRefusedWith(409) && failures <= QUICK_CONFLICTS) {
            return Duration.ZERO;
        }
        if (reply.isRefusedWith(403) && !urgent.test(value) && failures > QUICK_FORBIDDEN) {
            return failures > PATIENT_FORBIDDEN ? ListWatch.FORBIDDEN_RETRY : FORBIDDEN_RETRY;
        }
        return failures < eagerTries ? retryPolicy.pause(reply, failures) : patient;
    }

    /** Of an object that is gone by the API server's own answer, only {@link #renew} can say that it is back. */
    private static boolean isWorthAnotherTry(ApiReply reply) {
        return !(reply instanceof ApiReply.Refused refused && refused.absent().isPresent());
    }

    private void tell(boolean first, ApiReply reply) {
        if (first) {
            log.atWarn()
                    .addKeyValue("what", name)
                    .addKeyValue("reason", reply.problem())
                    .addKeyValue("again", isWorthAnotherTry(reply))
                    .log("the cluster was not updated; no drain waits for it");
        }
    }

    /**
     * Ends trying, and waits for the attempt that is under way.
     *
     * @return false if it was not over within {@code bound}
     */
    public boolean end(Duration bound) {
        close();
        lock.lock();
        try {
            for (long left = bound.toNanos(); working && left > 0;) {
                left = changed.awaitNanos(left);
            }
            return !working;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Ends trying; an attempt that is under way goes on. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
