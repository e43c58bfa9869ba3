// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

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

/**
 * Makes the spot interruption notice of {@code spot/termination-time}, the older of the two paths.
 *
 * <p>Where EC2 fails to terminate the instance the value stays behind with a time in the past (the same guide): such a notice
 * bears its past time, and the board does not act on it until it is confirmed.
 */
final class TerminationTimeReader implements NoticeReader {

    private final NoticeKey key;
    private final Duration window;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    TerminationTimeReader(String source, Duration window) {
        this.key = NoticeKey.of(source, NoticeKind.SPOT_INTERRUPTION);
        this.window = window;
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        Optional<Instant> time = TerminationTimeParser.parse(response.body());
        if (time.isEmpty()) {
            return List.of();
        }
        CalculatedDeadline calculatedDeadline = deadlineCalculator.calculate("termination-time", time.get(),
                response.at(),
                window);
        return List
                .of(calculatedDeadline.notice(key, Finality.FINAL,
                        "EC2 will terminate this spot instance at " + time.get()));
    }
}
