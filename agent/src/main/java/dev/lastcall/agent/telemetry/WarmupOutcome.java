// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** How an attempt to warm a model ended. */
public enum WarmupOutcome {
    /** All its files are in the cache. */
    WARM("warm"),
    /** It failed; whether it is tried again is another matter. */
    FAILED("failed"),
    /** A notice or the end of the agent stopped it; it can go on from there. */
    STOPPED("stopped");

    private final String label;

    WarmupOutcome(String label) {
        this.label = label;
    }

    /** The value of the label. */
    public String label() {
        return label;
    }
}
