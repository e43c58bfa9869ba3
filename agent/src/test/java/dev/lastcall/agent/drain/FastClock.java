// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

import dev.lastcall.metadata.NodeClock;

/** The clocks of this machine, running some times faster: a drain of half a minute takes a second or two. */
final class FastClock implements NodeClock {

    private final int factor;
    private final long origin = System.nanoTime();
    private final Instant wallOrigin = Instant.now();

    FastClock(int factor) {
        this.factor = factor;
    }

    @Override
    public Instant wallTime() {
        return wallOrigin.plusNanos(nanoTime() - origin);
    }

    @Override
    public long nanoTime() {
        return origin + (System.nanoTime() - origin) * factor;
    }

    @Override
    public void sleepUntil(long nanoTime) throws InterruptedException {
        for (long left = nanoTime - nanoTime(); left > 0; left = nanoTime - nanoTime()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(this, left / factor + 1);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** When the clock was made. */
    Instant origin() {
        return wallOrigin;
    }
}
