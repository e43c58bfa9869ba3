// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A pod that is drained: how it was seen last, and what was made for it. Thread-safe.
 *
 * @param server as the drain sees it
 * @param state how the pod was seen last
 * @param gone whether it was seen to be gone
 * @param stopper makes it go
 * @param atOnce whether it may go at the notice already
 * @param door its readiness; empty where it asks for none
 * @param closing ends what runs for it
 */
record ServedPod(PodServer server, AtomicReference<Pod> state, AtomicBoolean gone, PodStopper stopper, boolean atOnce,
        Optional<PodDoor> door, Runnable closing) {

    String uid() {
        return state.get().uid();
    }

    void seen(Pod pod) {
        state.set(pod);
    }

    boolean isAt(String ip) {
        return state.get().ip().equals(ip);
    }

    void leave() {
        gone.set(true);
    }

    boolean wentAway() {
        return gone.get();
    }

    /** What to ask to go at the notice already; empty where it may not go before it is idle, or is gone. */
    Optional<PodStopper> departure() {
        return atOnce && !gone.get() ? Optional.of(stopper) : Optional.empty();
    }

    /** Answers the readiness gate of a pod that is new here, or that an earlier agent has closed. */
    void open() {
        if (!state.get().open().orElse(false)) {
            door.ifPresent(PodDoor::openDoor);
        }
    }

    void close() {
        door.ifPresent(PodDoor::release);
        closing.run();
    }
}
