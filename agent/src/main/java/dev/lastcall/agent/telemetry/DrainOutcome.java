// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** How a drain ended, as metrics tell it. */
public enum DrainOutcome {
    /** Everything that was in flight finished. */
    COMPLETE("complete"),
    /** Something was cut. */
    CUT("cut"),
    /** The notice was withdrawn first. */
    WITHDRAWN("withdrawn"),
    /** A step could not be carried out. */
    FAILED("failed");

    private final String label;

    DrainOutcome(String label) {
        this.label = label;
    }

    /** The value of the label. */
    public String label() {
        return label;
    }
}
