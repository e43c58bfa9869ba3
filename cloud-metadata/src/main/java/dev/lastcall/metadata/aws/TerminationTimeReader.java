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
import dev.lastcall.metadata.time.Reckoned;
import dev.lastcall.metadata.time.Reckoner;

/**
 * Makes the spot interruption notice of {@code spot/termination-time}, the older of the two paths.
 *
 * <p>A time that was over by more than {@link #STALE} when it was first read is no notice: where EC2 fails to terminate the
 * instance the value stays behind ("Spot Instance interruption notices", EC2 User Guide).
 */
final class TerminationTimeReader implements NoticeReader {

    /** A notice cannot be read this late by an agent that looks every few seconds. */
    static final Duration STALE = Duration.ofSeconds(60);

    private final NoticeKey key;
    private final Duration window;
    private final Reckoner reckoner = new Reckoner();

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
        Reckoned reckoned = reckoner.reckon("termination-time", time.get(), response.at(), window);
        if (reckoned.pastBy().compareTo(STALE) > 0) {
            return List.of();
        }
        String description = reckoned.describe("EC2 will terminate this spot instance at " + time.get());
        return List.of(new Notice(key, Finality.FINAL, reckoned.deadline(), description));
    }
}
