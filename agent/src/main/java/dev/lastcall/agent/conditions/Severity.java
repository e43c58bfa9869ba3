// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

/** How much a condition matters, worst first. */
public enum Severity {
    /** The node is not protected: a notice would be missed, or could not be acted on. */
    CRITICAL("critical"),
    /** The node is protected, but a part of it does not work as configured. */
    WARNING("warning"),
    /** Worth knowing; nothing has to be done. */
    INFO("info");

    private final String label;

    Severity(String label) {
        this.label = label;
    }

    /** The lower-case name in JSON, metrics and logs. */
    public String label() {
        return label;
    }
}
