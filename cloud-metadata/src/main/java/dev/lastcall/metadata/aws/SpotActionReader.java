// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.time.Instant;
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

/** Makes the spot interruption notice of {@code spot/instance-action}. */
final class SpotActionReader implements NoticeReader {

    private static final String ID = "instance-action";

    private final NoticeKey key;
    private final Duration window;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    SpotActionReader(String source, Duration window) {
        this.key = NoticeKey.of(source, NoticeKind.SPOT_INTERRUPTION);
        this.window = window;
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        SpotAction action = SpotActionParser.parse(response.body());
        Instant time = action.time();
        CalculatedDeadline calculatedDeadline;
        String said = "EC2 will " + action.action() + " this spot instance";
        if (action.isHibernate()) {
            calculatedDeadline = deadlineCalculator.calculateWindow(ID, response.at(), Duration.ZERO,
                    "hibernation begins with the notice");
        } else if (time == null) {
            calculatedDeadline = deadlineCalculator.calculateWindow(ID, response.at(), window,
                    "no readable time, " + window.toSeconds() + " s assumed");
        } else {
            calculatedDeadline = deadlineCalculator.calculate(ID, time, response.at(), window);
            said += " at " + time;
        }
        return List.of(
                calculatedDeadline.notice(key, Finality.FINAL, action.isKnown() ? said : said + " [unknown action]"));
    }

    @Override
    public void absent() {
        deadlineCalculator.keepWindows(Set.of());
    }
}
