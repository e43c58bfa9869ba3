// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.util.List;

import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.testing.Hostile;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

class HostileAnswersTest {

    private static final Duration WINDOW = Duration.ofMinutes(2);

    @Provide
    Arbitrary<String> bodies() {
        return Hostile.bodies("{\"action\": \"terminate\", \"time\": \"2026-11-24T12:02:00Z\", \"x\": 1}",
                "2026-11-24T12:02:00Z",
                "{\"noticeTime\": \"2026-11-24T12:02:00Z\", \"x\": 1}", "Terminated",
                "[{\"NotBefore\": \"21 Jan 2027 09:00:43 GMT\", \"Code\": \"system-reboot\", \"Description\": \"d\", \"EventId\": \"i\","
                        + " \"State\": \"active\"}]");
    }

    @Property(tries = 1_000)
    void everyBodyIsNoticesOrNoneOrMalformed(@ForAll("bodies") String body) {
        for (NoticeReader reader : List.of(new SpotActionReader("s", WINDOW), new TerminationTimeReader("s", WINDOW),
                new RebalanceReader("s", new AwsSettings.Rebalance(true, WINDOW, WINDOW)),
                new ScheduledEventsReader("s", AwsSettings.Maintenance.defaults(), WINDOW),
                new LifecycleStateReader("s", WINDOW))) {
            try {
                for (Notice notice : reader.read(Hostile.response(body))) {
                    assertThat(notice.description()).hasSizeLessThanOrEqualTo(Notice.MAX_DESCRIPTION)
                            .doesNotContain("\n", "\u0000");
                }
            } catch (MalformedAnswerException expected) {
                assertThat(expected.getMessage()).hasSizeLessThan(200).doesNotContain("\n", "\u0000");
            }
        }
    }
}
