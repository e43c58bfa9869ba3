// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time that signatures carry: the host's clock, put right by what the store said when it refused a signature for its
 * time. One for all workers of a store, so that one refusal corrects them all. Thread-safe.
 */
final class SharedClock {

    /** S3 refuses beyond 15 minutes ("RequestTimeTooSkewed"); what was learnt less than that ago stays in force. */
    private static final Duration AGREES = Duration.ofMinutes(5);

    private final InstantSource host;
    private volatile Duration offset = Duration.ZERO;

    SharedClock(InstantSource host) {
        this.host = host;
    }

    Instant now() {
        return host.instant().plus(offset);
    }

    /**
     * Takes the store's time over.
     *
     * @return whether a new signature can be expected to fare better: the clock is another one than at {@code signedAt}
     */
    boolean learn(Instant storeTime, Instant signedAt) {
        if (Duration.between(now(), storeTime).abs().compareTo(AGREES) > 0) {
            offset = Duration.between(host.instant(), storeTime);
        }
        return Duration.between(signedAt, now()).abs().compareTo(AGREES) > 0;
    }
}
