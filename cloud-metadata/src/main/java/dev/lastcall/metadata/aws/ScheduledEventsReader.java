// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.poll.PartialRead;
import dev.lastcall.metadata.time.AnswerTime;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;

/**
 * Makes a notice of each scheduled event that is active: it is published at once and asks for the drain at its lead, or, where
 * so configured and the hardware fails, at once.
 *
 * <p>An event whose start was already over when it was first read does not ask for a planned drain: after a reboot it stays
 * listed as active for a while, and a freshly booted node must not be drained for the reboot that it comes from.
 */
final class ScheduledEventsReader implements NoticeReader {

    private final String source;
    private final AwsSettings.Maintenance policy;
    private final Duration window;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();
    private final PartialRead partial;

    /**
     * A reader.
     *
     * @param window the window of an event that asks for the drain at once and names no usable start
     */
    ScheduledEventsReader(String source, AwsSettings.Maintenance policy, Duration window) {
        this.source = source;
        this.partial = new PartialRead(source);
        this.policy = policy;
        this.window = window;
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        List<Notice> notices = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        ScheduledEventsParser.Events read = ScheduledEventsParser.parse(response.body());
        for (AwsScheduledEvent event : read.events()) {
            if (event.isActive()) {
                String id = event.id().isEmpty() ? event.code() : event.id();
                ids.add(id);
                notices.add(notice(new NoticeKey(source, NoticeKind.MAINTENANCE, id), event, response.at()));
            }
        }
        if (read.misread().isEmpty()) {
            deadlineCalculator.keepWindows(ids);
        }
        return partial.complete(notices, read.misread());
    }

    private Notice notice(NoticeKey key, AwsScheduledEvent event, AnswerTime at) {
        Instant start = event.notBefore();
        String said = event.code() + (start == null ? ", start unknown" : " from " + start)
                + (event.description().isEmpty() ? "" : ": " + event.description());
        CalculatedDeadline planned = start == null
                ? null
                : deadlineCalculator.calculatePlanned(key.eventId(), start, at);
        boolean ahead = planned != null && !planned.wasPast();
        if (policy.retirementNow() && event.isRetirement()) {
            CalculatedDeadline now = ahead && planned != null
                    ? planned
                    : deadlineCalculator.calculateWindow(key.eventId(), at, window,
                            "no start ahead, " + window.toSeconds() + " s assumed");
            return new Notice(key, Finality.FINAL, now.deadline(), now.describe(said),
                    planned == null ? null : planned.pastTime());
        }
        if (planned != null && ahead) {
            return new Notice(key, new Finality.FinalBefore(policy.lead()), planned.deadline(), planned.describe(said));
        }
        return new Notice(key, Finality.ADVISORY, null, planned == null ? said : planned.describe(said));
    }
}
