// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import dev.lastcall.warmup.text.SafeText;

/**
 * One thing that is wrong or missing now.
 *
 * @param code which
 * @param subject what it concerns: a source's, server's or pod's name, or what {@link ConditionCode#subject()} says
 * @param message what is wrong with the subject, as the rest of a sentence that begins with the subject; no secrets
 * @param remedy what to do about it
 */
public record Condition(ConditionCode code, String subject, String message, String remedy) {

    public Condition {
        message = SafeText.of(message);
        remedy = SafeText.of(remedy);
    }

    /** One with the code's own remedy. */
    public static Condition of(ConditionCode code, String subject, String message) {
        return new Condition(code, subject, message, code.remedy());
    }
}
