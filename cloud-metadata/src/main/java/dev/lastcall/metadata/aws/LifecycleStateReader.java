// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

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

/** Makes the notice of an Auto Scaling group that takes this instance out. */
final class LifecycleStateReader implements NoticeReader {

    private final NoticeKey key;
    private final Duration window;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    LifecycleStateReader(String source, Duration window) {
        this.key = NoticeKey.of(source, NoticeKind.SCALE_IN);
        this.window = window;
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        if (!LifecycleStateParser.isTerminated(response.body())) {
            return List.of();
        }
        CalculatedDeadline calculatedDeadline = deadlineCalculator.calculateWindow("asg", response.at(), window,
                "window as configured");
        return List.of(new Notice(key, Finality.FINAL, calculatedDeadline.deadline(),
                calculatedDeadline.describe("the Auto Scaling group terminates this instance")));
    }

    @Override
    public void absent() {
        deadlineCalculator.keepWindows(Set.of());
    }
}
