// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;

/** Makes the notice of an upcoming maintenance: published at once, final at its lead; advisory where its start is not ahead. */
final class UpcomingMaintenanceReader implements NoticeReader {

    private final NoticeKey key;
    private final Duration lead;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    UpcomingMaintenanceReader(String source, Duration lead) {
        this.key = NoticeKey.of(source, NoticeKind.MAINTENANCE);
        this.lead = lead;
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        Optional<UpcomingMaintenance> planned = UpcomingMaintenanceParser.parse(response.body());
        if (planned.isEmpty() || planned.get().isOver()) {
            return List.of();
        }
        return List.of(notice(planned.get(), response));
    }

    private Notice notice(UpcomingMaintenance maintenance, MetadataAnswer.Response response) {
        Instant start = maintenance.start();
        String said = (maintenance.type() + " host maintenance").strip();
        if (start == null) {
            return new Notice(key, Finality.ADVISORY, null, said + ", start unknown");
        }
        CalculatedDeadline calculatedDeadline = deadlineCalculator.calculatePlanned("upcoming", start, response.at());
        String description = calculatedDeadline.describe(said + " from " + start);
        return calculatedDeadline.wasPast()
                ? new Notice(key, Finality.ADVISORY, null, description)
                : new Notice(key, new Finality.FinalBefore(lead), calculatedDeadline.deadline(), description);
    }
}
