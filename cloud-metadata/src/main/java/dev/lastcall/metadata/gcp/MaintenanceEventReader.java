// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;

/**
 * Makes the notice of a host maintenance: a migration is only published, a termination asks for the drain at its lead. The key
 * carries no time, so the announced hour counts from when it was first seen.
 */
final class MaintenanceEventReader implements NoticeReader {

    private final String source;
    private final Duration notice;
    private final Duration lead;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    MaintenanceEventReader(String source, Duration notice, Duration lead) {
        this.source = source;
        this.notice = notice;
        this.lead = lead;
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        return switch (MaintenanceEventParser.parse(response.body())) {
            case NONE -> List.of();
            case MIGRATE -> List.of(new Notice(NoticeKey.of(source, NoticeKind.FREEZE), Finality.ADVISORY, null,
                    "Compute Engine migrates this VM to another host"));
            case TERMINATE -> {
                CalculatedDeadline calculatedDeadline = deadlineCalculator.calculateWindow("maintenance-event",
                        response.at(), notice,
                        notice.toMinutes() + " min from when it was first seen");
                yield List.of(new Notice(NoticeKey.of(source, NoticeKind.MAINTENANCE), new Finality.FinalBefore(lead),
                        calculatedDeadline.deadline(),
                        calculatedDeadline.describe("Compute Engine terminates this VM for host maintenance")));
            }
        };
    }

    @Override
    public void absent() {
        deadlineCalculator.keepWindows(Set.of());
    }
}
