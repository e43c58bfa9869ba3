// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.function.Supplier;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.RetryPolicy;

/**
 * Tries a call again while that is worth it and time is left. Worth it are a server that cannot be reached, that is too
 * busy (429), that fails (5xx), that does not know a token which may just be rotating (401), or that has not read its roles
 * yet (403: an API server answers on its port before its RBAC caches are filled). What the caller has to look at again
 * (404, 409, 422) or ask differently (an answer that is too large) comes back at once. Immutable.
 *
 * @param clock what is waited on
 * @param pauses between attempts; their cap holds also where the server asks for a longer pause
 */
public record ApiRetry(NodeClock clock, RetryPolicy pauses) {

    /** That of the calls a notice brings: a window of 30 s has room for some tries. */
    public static ApiRetry eager(NodeClock clock) {
        return new ApiRetry(clock, new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(2)));
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
        return Duration.ofNanos(Math.min(Math.max(asked, pauses.after(failures).toNanos()), pauses.cap().toNanos()));
    }
}
