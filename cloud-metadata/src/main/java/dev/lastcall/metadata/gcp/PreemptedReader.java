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

/** Makes the notice of a preemption. The key never carries a time: the window counts from when it was seen. */
final class PreemptedReader implements NoticeReader {

    private final NoticeKey key;
    private final Duration window;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    PreemptedReader(String source, Duration window) {
        this.key = NoticeKey.of(source, NoticeKind.PREEMPTION);
        this.window = window;
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        if (!PreemptedParser.isPreempted(response.body())) {
            return List.of();
        }
        CalculatedDeadline calculatedDeadline = deadlineCalculator.calculateWindow("preempted", response.at(), window,
                window.toSeconds() + " s as configured");
        return List.of(new Notice(key, Finality.FINAL, calculatedDeadline.deadline(),
                calculatedDeadline.describe("Compute Engine preempts this VM")));
    }

    @Override
    public void absent() {
        deadlineCalculator.keepWindows(Set.of());
    }
}
