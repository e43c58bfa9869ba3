// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.azure;

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
import dev.lastcall.metadata.ProviderText;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.poll.PartialRead;
import dev.lastcall.metadata.time.AnswerTime;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;
import org.jspecify.annotations.Nullable;

/**
 * Makes notices of the events that affect this VM. Not thread-safe: one look at a time.
 *
 * <p>An event that has started leaves no time. A Reboot or Redeploy that had started before the first document was read is only
 * published: the agent's own start is its result, and a freshly booted node must not be drained for it.
 */
final class EventsReader {

    private final String source;
    private final AzureSettings settings;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();
    private final PartialRead partial;
    private final Set<String> underWayAtStart = new HashSet<>();
    private boolean readBefore;

    EventsReader(String source, AzureSettings settings) {
        this.source = source;
        this.partial = new PartialRead(source);
        this.settings = settings;
    }

    /**
     * The notices of {@code events}, all of which affect this VM.
     *
     * @param misread what was wrong with each event that was not understood
     */
    List<Notice> read(List<AzureEvent> events, List<String> misread, AnswerTime at)
            throws MalformedAnswerException {
        Set<String> ids = new HashSet<>();
        List<Notice> notices = new ArrayList<>();
        for (AzureEvent event : events) {
            ids.add(event.id());
            if (!readBefore && event.started()) {
                underWayAtStart.add(event.id());
            }
            notices.add(notice(event, at));
        }
        readBefore = true;
        if (misread.isEmpty()) {
            underWayAtStart.retainAll(ids);
            deadlineCalculator.keepWindows(ids);
        }
        return partial.complete(notices, misread);
    }

    private Notice notice(AzureEvent event, AnswerTime at) {
        String said = event.typeName() + (event.started() ? " has started" : notBefore(event.notBefore()))
                + (event.description().isEmpty() ? "" : ": " + event.description());
        return switch (event.type()) {
            case PREEMPT -> acting(event, NoticeKind.PREEMPTION, said, Finality.FINAL, soon(event, at));
            case TERMINATE -> acting(event, NoticeKind.SCALE_IN, said, Finality.FINAL, planned(event, at));
            case REBOOT, REDEPLOY -> maintenance(event, said, at);
            case FREEZE -> published(event, NoticeKind.FREEZE, said);
            case OTHER -> published(event, NoticeKind.MAINTENANCE, said + " (unknown type)");
        };
    }

    private Notice maintenance(AzureEvent event, String said, AnswerTime at) {
        if (underWayAtStart.contains(event.id())) {
            return published(event, NoticeKind.MAINTENANCE, said + " (before the agent did, which is then its result)");
        }
        if (!event.started() && event.notBefore() == null) {
            return published(event, NoticeKind.MAINTENANCE, said);
        }
        Finality finality = event.started() ? Finality.FINAL : new Finality.FinalBefore(settings.maintenanceLead());
        return acting(event, NoticeKind.MAINTENANCE, said, finality, planned(event, at));
    }

    private Notice published(AzureEvent event, NoticeKind kind, String said) {
        return new Notice(key(event, kind), Finality.ADVISORY, null, said);
    }

    private Notice acting(AzureEvent event, NoticeKind kind, String said, Finality finality, CalculatedDeadline end) {
        return end.notice(key(event, kind), finality, said);
    }

    private NoticeKey key(AzureEvent event, NoticeKind kind) {
        return new NoticeKey(source, kind, event.id());
    }

    private CalculatedDeadline soon(AzureEvent event, AnswerTime at) {
        Instant start = event.notBefore();
        return event.started() || start == null
                ? timeless(event, at)
                : deadlineCalculator.calculate(id(event), start, at, settings.preemptWindow());
    }

    private CalculatedDeadline planned(AzureEvent event, AnswerTime at) {
        Instant start = event.notBefore();
        return event.started() || start == null
                ? timeless(event, at)
                : deadlineCalculator.calculatePlanned(id(event), start, at);
    }

    private CalculatedDeadline timeless(AzureEvent event, AnswerTime at) {
        Duration window = settings.preemptWindow();
        return event.started()
                ? deadlineCalculator.calculateWindow(id(event) + "/started", at, Duration.ZERO, "no time is left")
                : deadlineCalculator.calculateWindow(id(event), at, window,
                        "no readable time, " + window.toSeconds() + " s assumed");
    }

    private static String id(AzureEvent event) {
        return ProviderText.printable(event.id(), NoticeKey.MAX_EVENT_ID);
    }

    private static String notBefore(@Nullable Instant time) {
        return time == null ? ", start unknown" : " not before " + time;
    }
}
