// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.lastcall.agent.server.Stopper;

/** What a pod that goes is asked for, until when; it can be shortened while it is under way. Thread-safe. */
final class PodTermination {

    private final CompletableFuture<Stopper.Outcome> outcome = new CompletableFuture<>();
    private long until; // guarded by this
    private Duration grace; // guarded by this

    /**
     * @param until on the monotonic clock
     * @param grace from SIGTERM to SIGKILL
     */
    PodTermination(long until, Duration grace) {
        this.until = until;
        this.grace = grace;
    }

    synchronized long until() {
        return until;
    }

    synchronized Duration grace() {
        return grace;
    }

    /** What came of it, once it is over. */
    CompletableFuture<Stopper.Outcome> outcome() {
        return outcome;
    }

    /** The sooner end and the shorter grace of both hold from the next attempt on. */
    void shorten(PodTermination other) {
        long sooner = other.until();
        Duration shorter = other.grace();
        synchronized (this) {
            until = sooner - until < 0 ? sooner : until;
            grace = shorter.compareTo(grace) < 0 ? shorter : grace;
        }
    }
}
