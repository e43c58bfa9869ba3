// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

import dev.lastcall.metadata.NodeClock;

/**
 * Tries a call again while that is worth it and time is left. Worth it are a server that cannot be reached, that is too
 * busy (429), that fails (5xx), that does not know a token which may just be rotating (401), or that has not read its roles
 * yet (403: an API server answers on its port before its RBAC caches are filled). What the caller has to look at again
 * (404, 409, 422) or ask differently (an answer that is too large) comes back at once. Immutable.
 *
 * @param clock what is waited on
 * @param first the pause after the first failure; it doubles
 * @param cap the longest pause, also where the server asks for a longer one
 */
public record RetryPolicy(NodeClock clock, Duration first, Duration cap) {

    /** That of the calls a notice brings: a window of 30 s has room for some tries. */
    public static RetryPolicy eager(NodeClock clock) {
        return new RetryPolicy(clock, Duration.ofMillis(100), Duration.ofSeconds(2));
    }

    /** Whether the same call may fare better a moment later. */
    public static boolean isWorthRepeating(ApiReply reply) {
        return switch (reply) {
            case ApiReply.Ok _ -> false;
            case ApiReply.Unreachable _ -> true;
            case ApiReply.TooLarge _ -> false;
            case ApiReply.Refused refused ->
                refused.status() == 401 || refused.status() == 403 || refused.status() == 408
                        || refused.status() == 429 || refused.status() >= 500;
        };
    }

    /**
     * Makes attempts until one is not worth repeating or {@code within} has gone by; at least one.
     *
     * @param attempt one attempt, bounded by itself
     * @return the last reply
     */
    public ApiReply call(Supplier<ApiReply> attempt, Duration within) throws InterruptedException {
        long until = clock.nanoTime() + within.toNanos();
        for (int failures = 1;; failures++) {
            ApiReply reply = attempt.get();
            if (!isWorthRepeating(reply)) {
                return reply;
            }
            Duration pause = pause(reply, failures);
            if (clock.nanoTime() + pause.toNanos() - until >= 0) {
                return reply;
            }
            clock.sleep(pause);
        }
    }

    /** The pause after so many failures in a row: what the server asks for, else doubling, with jitter, and capped. */
    public Duration pause(ApiReply reply, int failures) {
        long asked = reply instanceof ApiReply.Refused refused
                ? refused.retryAfter().map(Duration::toNanos).orElse(0L)
                : 0;
        long doubled = first.toNanos() << Math.min(failures - 1, 20);
        long jittered = doubled / 2 + ThreadLocalRandom.current().nextLong(doubled / 2 + 1);
        return Duration.ofNanos(Math.min(Math.max(asked, jittered), cap.toNanos()));
    }
}
