// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** Why a call of the agent's own interface was refused. */
public enum ApiRefusal {
    /** It asks for nothing that is there, or in a way that is not offered. */
    UNKNOWN("unknown"),
    /** It cannot be understood. */
    MALFORMED("malformed"),
    /** It is larger than is taken. */
    TOO_LARGE("too-large"),
    /** It lacks the right. */
    DENIED("denied"),
    /** It came too slowly. */
    TIMEOUT("timeout"),
    /** There was no place for it, and no peer had more than its own. */
    OVERLOAD("overload"),
    /** It had a place, and gave it up to a peer that had fewer. */
    EVICTED("evicted");

    private final String label;

    ApiRefusal(String label) {
        this.label = label;
    }

    /** The value of the label. */
    public String label() {
        return label;
    }
}
