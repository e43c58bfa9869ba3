// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a drain is. The set is closed, because it labels metrics and is written into the state file. */
public enum Phase {
    /** No final notice; requests get in. */
    OPEN,
    /** Routers are asked to go elsewhere; requests that will be over before the cut still get in. */
    ANNOUNCING,
    /** The door is closed and routers may not know it yet. */
    SETTLING,
    /** Waiting for what is in flight. */
    DRAINING,
    /** The budget is spent; what is left is being cut. */
    CUTTING,
    /** The server has been asked to stop. */
    STOPPING,
    /** It is over. */
    STOPPED,
    /** The notice went away after the server had been asked to stop. */
    WITHDRAWN_AFTER_STOP;

    /** Whether a drain is on: it has begun and is not over. */
    public boolean isActive() {
        return switch (this) {
            case ANNOUNCING, SETTLING, DRAINING, CUTTING, STOPPING -> true;
            case OPEN, STOPPED, WITHDRAWN_AFTER_STOP -> false;
        };
    }

    /** Whether the door is closed, and not only announced to close. */
    public boolean hasClosedDoor() {
        return this != OPEN && this != ANNOUNCING;
    }

    /** The lower-case name in metrics, records and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The phase with this label; empty where there is none. */
    public static Optional<Phase> of(String label) {
        return Arrays.stream(values()).filter(phase -> phase.label().equals(label)).findFirst();
    }
}
