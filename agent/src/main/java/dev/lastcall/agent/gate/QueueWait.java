// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import dev.lastcall.agent.server.UnixSocketQueue;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection waits for a place in a server's queue. One of TCP waits for it in the kernel; one of a Unix socket fails at
 * once, so it is tried again until the time to connect is over. Confined to the event loop.
 */
final class QueueWait {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

    private final long until;
    private long pauseNanos = FIRST_PAUSE.toNanos();

    /** @param until when the time to connect is over */
    QueueWait(long until) {
        this.until = until;
    }

    /** Whether it is worth another try at this time. */
    boolean lasts(@Nullable Throwable cause, long now) {
        return UnixSocketQueue.isFull(cause) && now - until < 0;
    }

    /** How long to wait before it, a little different for each that waits. */
    long nextPauseNanos() {
        long pause = pauseNanos;
        pauseNanos = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
        return pause / 2 + ThreadLocalRandom.current().nextLong(pause);
    }
}
