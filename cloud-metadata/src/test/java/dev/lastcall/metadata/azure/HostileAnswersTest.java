// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.azure;

import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.testing.Hostile;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

class HostileAnswersTest {

    @Provide
    Arbitrary<String> bodies() {
        return Hostile.bodies("""
                {"DocumentIncarnation": 1, "Events": [{"EventId": "a", "EventType": "Preempt", "Resources": ["vm"],
                 "EventStatus": "Scheduled", "NotBefore": "Mon, 19 Sep 2026 18:29:47 GMT", "Description": ""}]}""");
    }

    @Property(tries = 1_000)
    void everyDocumentIsNoticesOrNoneOrMalformed(@ForAll("bodies") String body) {
        MetadataAnswer.Response response = Hostile.response(body);
        try {
            EventsParser.Events events = EventsParser.parse(body);
            EventsReader reader = new EventsReader("s", AzureSettings.defaults());
            for (Notice notice : reader.read(events.events(), events.misread(), response.at())) {
                assertThat(notice.description()).hasSizeLessThanOrEqualTo(Notice.MAX_DESCRIPTION)
                        .doesNotContain("\n", "\u0000");
            }
        } catch (MalformedAnswerException expected) {
            assertThat(expected.getMessage()).hasSizeLessThan(200).doesNotContain("\n", "\u0000");
        }
    }
}
