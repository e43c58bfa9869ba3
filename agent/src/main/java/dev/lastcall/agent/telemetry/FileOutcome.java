// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** What is known of the content of a file that was warmed. */
public enum FileOutcome {
    /** It has the digest that the store gave. */
    VERIFIED("verified"),
    /** The store gave none: its size is right. */
    UNVERIFIED("unverified");

    private final String label;

    FileOutcome(String label) {
        this.label = label;
    }

    /** The value of the label. */
    public String label() {
        return label;
    }
}
