// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.util.Locale;

import dev.lastcall.agent.conditions.Severity;

/** How much a finding matters, worst first. */
public enum FindingLevel {
    /** A drain or a warm-up would fail. */
    FAIL,
    /** It would work, and not as it should; or that is not known. */
    WARN,
    /** It is well. */
    OK;

    /** The name in the table and in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As much as a condition of the agent of this severity. */
    static FindingLevel of(Severity severity) {
        return switch (severity) {
            case CRITICAL -> FAIL;
            case WARNING -> WARN;
            case INFO -> OK;
        };
    }
}
