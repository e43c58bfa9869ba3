// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.util.List;

/**
 * All that was found.
 *
 * @param findings in the order of the areas
 */
public record Diagnosis(List<NodeFinding> findings) {

    public Diagnosis {
        findings = List.copyOf(findings);
    }

    /** Whether nothing was found that would make a drain or a warm-up fail. */
    public boolean isReady() {
        return count(FindingLevel.FAIL) == 0;
    }

    /** How many findings matter so much. */
    public long count(FindingLevel level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
