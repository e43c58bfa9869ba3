// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.util.OptionalLong;

import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;

/**
 * Rings once at an instant that can be moved. Rings on a platform thread: should every virtual thread's carrier be held
 * by calls that hang, the deadline is still kept. Not thread-safe; the drain's lock guards it.
 */
final class Alarm {

    private final String name;
    private final NodeClock clock;
    private final Runnable bell;
    private OptionalLong at = OptionalLong.empty();
    private @Nullable Thread thread;

    Alarm(String name, NodeClock clock, Runnable bell) {
        this.name = name;
        this.clock = clock;
        this.bell = bell;
    }

    /** Sets it, or turns it off. One that is set to the same instant again rings once. */
    void set(OptionalLong instant) {
        if (instant.equals(at)) {
            return;
        }
        if (thread != null && thread != Thread.currentThread()) {
            thread.interrupt();
        }
        at = instant;
        thread = null;
        if (instant.isPresent()) {
            long until = instant.getAsLong();
            thread = Thread.ofPlatform().daemon().name(name).start(() -> waitFor(until));
        }
    }

    private void waitFor(long until) {
        try {
            clock.sleepUntil(until);
        } catch (InterruptedException e) {
            // The alarm was moved or turned off; this thread has nothing else to do.
            return;
        }
        bell.run();
    }
}
