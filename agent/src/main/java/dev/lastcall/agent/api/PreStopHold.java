// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.function.BooleanSupplier;

/**
 * Holds a {@code preStop} hook until the servers that it belongs to are idle. It waits and changes nothing. Thread-safe; called
 * on a virtual thread; must not throw.
 */
@FunctionalInterface
public interface PreStopHold {

    /** Every server of this agent. */
    String ALL = "";

    /**
     * Waits.
     *
     * @param whom {@link #ALL}, or {@code namespace/name}, where the name is a pod's or the label of its app
     * @param waitedFor whether the hook still waits
     */
    Held hold(String whom, BooleanSupplier waitedFor);

    /** How the waiting ended. */
    enum Held {
        /** They are idle. */
        IDLE,
        /** Their drain is over: what was left has been cut. */
        DRAINED,
        /** The longest time to hold a hook went by. */
        TOO_LONG,
        /** The hook does not wait any more. */
        LEFT,
        /** There is no such server. */
        UNKNOWN
    }

    /** Knows no servers. */
    PreStopHold NONE = (whom, waitedFor) -> Held.UNKNOWN;
}
