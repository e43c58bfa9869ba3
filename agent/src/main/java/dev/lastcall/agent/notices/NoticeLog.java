// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.time.Duration;

import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.SourceEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs and counts every transition on the notice board, once each. Thread-safe; does not block. */
public final class NoticeLog implements NoticeEvent.Listener, SourceEvent.Listener {

    private static final Logger log = LoggerFactory.getLogger(NoticeLog.class);

    private final Metrics metrics;
    private final NodeClock clock;

    public NoticeLog(Metrics metrics, NodeClock clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void on(NoticeEvent event) {
        switch (event) {
            case NoticeEvent.Advised(Notice notice) -> {
                metrics.noticed(notice.key().source(), notice.key().kind());
                log.atInfo()
                        .addKeyValue("notice", notice.key())
                        .addKeyValue("left", left(notice.deadline()))
                        .addKeyValue("said", notice.description())
                        .log("advisory notice; nothing is drained for it now");
            }
            case NoticeEvent.AdviceCleared(Notice notice) -> log.atInfo()
                    .addKeyValue("notice", notice.key())
                    .log("advisory notice is gone");
            case NoticeEvent.Noticed(Reclamation reclamation, boolean restored) -> {
                if (!restored) {
                    Notice notice = reclamation.notice();
                    metrics.noticed(notice.key().source(), notice.key().kind());
                    log.atWarn()
                            .addKeyValue("notice", notice.key())
                            .addKeyValue("left", left(reclamation.deadline()))
                            .addKeyValue("said", notice.description())
                            .log("final notice: this node is being taken back");
                }
            }
            case NoticeEvent.DeadlineMoved(Reclamation reclamation) -> log.atWarn()
                    .addKeyValue("notice", reclamation.notice().key())
                    .addKeyValue("left", left(reclamation.deadline()))
                    .log("the deadline has moved earlier");
            case NoticeEvent.Withdrawn(Reclamation reclamation) -> log.atWarn()
                    .addKeyValue("notice", reclamation.notice().key())
                    .log("the final notice is withdrawn");
        }
    }

    @Override
    public void on(SourceEvent event) {
        switch (event) {
            case SourceEvent.Failing(String source, var problem) -> log.atInfo()
                    .addKeyValue("source", source)
                    .addKeyValue("problem", problem.message())
                    .log("a look at the source failed; it is tried again");
            case SourceEvent.Blind(String source, Duration unseen) -> log.atWarn()
                    .addKeyValue("source", source)
                    .addKeyValue("unseen", seconds(unseen))
                    .log("blind: a notice from this source would be missed");
            case SourceEvent.Seeing(String source, Duration unseen) -> log.atInfo()
                    .addKeyValue("source", source)
                    .addKeyValue("unseen", seconds(unseen))
                    .log("the source sees again");
        }
    }

    private String left(@Nullable Deadline deadline) {
        return deadline == null ? "unknown" : seconds(deadline.remaining(clock));
    }

    private static String seconds(Duration duration) {
        return Math.round(duration.toMillis() / 100.0) / 10.0 + "s";
    }
}
