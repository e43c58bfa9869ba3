// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.util.stream.Collectors;

import dev.lastcall.agent.api.JsonText;

/** A diagnosis as one JSON document. */
final class DoctorJson {

    private DoctorJson() {}

    static String of(Diagnosis diagnosis) {
        return "{\"ready\":" + diagnosis.isReady() + ",\"fail\":" + diagnosis.count(FindingLevel.FAIL) + ",\"warn\":"
                + diagnosis.count(FindingLevel.WARN) + ",\"ok\":" + diagnosis.count(FindingLevel.OK) + ",\"findings\":["
                + diagnosis.findings().stream().map(DoctorJson::one).collect(Collectors.joining(",")) + "]}";
    }

    private static String one(NodeFinding finding) {
        return "{\"area\":" + JsonText.quote(finding.area().label()) + ",\"subject\":"
                + JsonText.quote(finding.subject()) + ",\"level\":" + JsonText.quote(finding.level().label())
                + ",\"sentence\":" + JsonText.quote(finding.sentence()) + ",\"remedy\":"
                + JsonText.quote(finding.remedy()) + "}";
    }
}
