// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.lastcall.agent.telemetry.Metric;
import dev.lastcall.agent.telemetry.MetricType;
import dev.lastcall.agent.telemetry.MetricUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The checked-in page holds every metric, and each has a name by the rules and says what it is good for. */
class MetricReferenceTest {

    private static final Path PAGE = Checkout.ROOT.resolve("docs/metrics.md");
    private static final String RENEW = "if the change is meant, renew it: mvn -pl agent -am test "
            + "-Dtest=MetricReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dlastcall.renew=true";

    @Test
    void thePageIsWhatTheModelHas() throws IOException {
        if (Boolean.getBoolean("lastcall.renew")) {
            Files.writeString(PAGE, MetricReference.markdown());
        }
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "").as("%s is stale; %s", PAGE, RENEW)
                .isEqualTo(MetricReference.markdown());
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void eachHasANameByTheRulesASentenceAndAQuestion(Metric metric) {
        boolean counts = metric.type() == MetricType.COUNTER || metric.type() == MetricType.EVENTS;
        String unit = metric.unit() == MetricUnit.SECONDS || metric.unit() == MetricUnit.BYTES
                ? "_" + metric.unit().label()
                : "";
        assertThat(metric.family()).matches("lastcall(_[a-z]+)+").endsWith(unit + (counts ? "_total" : ""));
        assertThat(metric.family().endsWith("_total")).isEqualTo(counts);
        assertThat(metric.description()).matches("[A-Z0-9].*\\.");
        assertThat(metric.question()).matches("[A-Z].*[.?]").contains(" ");
    }
}
