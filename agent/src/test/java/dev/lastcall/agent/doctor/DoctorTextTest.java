// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.util.List;

import dev.lastcall.agent.cli.AnsiColors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorTextTest {

    private static final Diagnosis SICK = new Diagnosis(List.of(
            NodeFinding.ok(FindingArea.CONFIG, "lastcall.yaml", "is good"),
            NodeFinding.warn(FindingArea.CACHE, "/models", "is on a network disk", "set cache.path"),
            NodeFinding.fail(FindingArea.SERVER, "llama", "cannot be reached: 127.0.0.1:8000 refuses connections",
                    "systemctl start vllm.service")));

    @Test
    void whatFailsComesFirstWithItsRemedyAndNothingIsCut() {
        assertThat(new DoctorText(new AnsiColors(false), 60).lines(SICK)).containsExactly(
                "NOT READY for a notice: 1 fail, 1 warn, 1 ok",
                "",
                "fail  server    llama: cannot be reached: 127.0.0.1:8000",
                "                refuses connections",
                "                -> systemctl start vllm.service",
                "warn  cache     /models: is on a network disk",
                "                -> set cache.path",
                "ok    config    lastcall.yaml: is good");
    }

    @Test
    void theDocumentIsInTheOrderOfTheAreas() {
        assertThat(DoctorJson.of(SICK)).startsWith("{\"ready\":false,\"fail\":1,\"warn\":1,\"ok\":1,\"findings\":["
                + "{\"area\":\"config\",\"subject\":\"lastcall.yaml\",\"level\":\"ok\",\"sentence\":\"is good\","
                + "\"remedy\":\"\"},{\"area\":\"cache\"");
        assertThat(DoctorJson.of(new Diagnosis(List.of()))).isEqualTo(
                "{\"ready\":true,\"fail\":0,\"warn\":0,\"ok\":0,\"findings\":[]}");
    }

    @Test
    void secretsOfAddressesAreNotShown() {
        assertThat(NodeFinding.ok(FindingArea.MODEL, "m", "https://user:pass@host/x?X-Amz-Signature=abc").sentence())
                .doesNotContain("pass", "abc");
    }
}
