// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

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

    private static final Duration HOUR = Duration.ofHours(1);

    @Provide
    Arbitrary<String> bodies() {
        return Hostile.bodies("TRUE", "TERMINATE_ON_HOST_MAINTENANCE",
                "{\"maintenance_status\":\"PENDING\",\"type\":\"SCHEDULED\",\"window_start_time\":\"2026-11-26T12:00:00Z\",\"x\":1}");
    }

    @Property(tries = 1_000)
    void everyBodyIsNoticesOrNoneOrMalformed(@ForAll("bodies") String body) {
        for (NoticeReader reader : List.of(new PreemptedReader("s", HOUR), new MaintenanceEventReader("s", HOUR, HOUR),
                new UpcomingMaintenanceReader("s", HOUR))) {
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
