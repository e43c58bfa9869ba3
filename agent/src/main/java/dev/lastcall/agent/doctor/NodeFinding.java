// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import dev.lastcall.warmup.text.SafeText;

/**
 * What a look at one thing gave.
 *
 * @param area what it is about
 * @param subject which of them, such as a server's name
 * @param level how much it matters
 * @param sentence what is so, as the rest of a sentence that begins with the subject; no secrets
 * @param remedy what to type or to do; empty where nothing is to be done
 */
public record NodeFinding(FindingArea area, String subject, FindingLevel level, String sentence, String remedy) {

    public NodeFinding {
        sentence = SafeText.of(sentence);
        remedy = SafeText.of(remedy);
    }

    static NodeFinding ok(FindingArea area, String subject, String sentence) {
        return new NodeFinding(area, subject, FindingLevel.OK, sentence, "");
    }

    static NodeFinding warn(FindingArea area, String subject, String sentence, String remedy) {
        return new NodeFinding(area, subject, FindingLevel.WARN, sentence, remedy);
    }

    static NodeFinding fail(FindingArea area, String subject, String sentence, String remedy) {
        return new NodeFinding(area, subject, FindingLevel.FAIL, sentence, remedy);
    }
}
