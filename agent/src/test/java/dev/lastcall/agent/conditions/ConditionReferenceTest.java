// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The checked-in page holds every condition, and each condition says what a person on call needs. */
class ConditionReferenceTest {

    private static final Path PAGE = Path.of("../docs/conditions.md");
    private static final String RENEW = "if the change is meant, renew it: mvn -pl agent -am test "
            + "-Dtest=ConditionReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dlastcall.renew=true";

    @Test
    void thePageIsWhatTheProgramReports() throws IOException {
        if (Boolean.getBoolean("lastcall.renew")) {
            Files.writeString(PAGE, ConditionReference.markdown());
        }
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "").as("%s is stale; %s", PAGE, RENEW)
                .isEqualTo(ConditionReference.markdown());
    }

    @ParameterizedTest
    @EnumSource(ConditionCode.class)
    void eachHasASentenceARemedyAndALabelThatFollowsItsName(ConditionCode code) {
        assertThat(code.label()).isEqualTo(code.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        assertThat(code.sentence()).matches("[A-Z`].*\\.");
        assertThat(code.remedy()).matches("[A-Z`].*\\.");
        assertThat(code.subject()).isNotBlank();
        assertThat(code.anchor()).isEqualTo("docs/conditions.md#" + code.label());
    }

    @Test
    void noLabelIsUsedTwice() {
        Set<String> labels = new HashSet<>();
        assertThat(Arrays.stream(ConditionCode.values()).map(ConditionCode::label)).allMatch(labels::add);
    }
}
