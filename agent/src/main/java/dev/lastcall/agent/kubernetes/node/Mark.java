// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;

/**
 * What the marks on the node say of a reclamation. Immutable.
 *
 * @param source whose notice it is
 * @param kind what it is about
 * @param deadline when the node is gone, by the host's clock, in whole seconds
 */
public record Mark(String source, NoticeKind kind, Instant deadline) {

    /** A reason that begins so is ours, even if another program uses the same type of condition. */
    static final String REASON_PREFIX = "Lastcall";

    /**
     * RFC 1123 with two digits for every day: Go's {@code time.RFC1123} does not read one, and the JDK's own formatter
     * writes one.
     */
    private static final DateTimeFormatter RFC_1123 = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** The mark of a reclamation as it is now. */
    public static Mark of(Reclamation reclamation, NodeClock clock) {
        return new Mark(reclamation.notice().key().source(), reclamation.notice().key().kind(),
                clock.wallTime().plus(reclamation.deadline().remaining(clock)).truncatedTo(ChronoUnit.SECONDS));
    }

    /** One word for machines, such as {@code LastcallSpotInterruption}. */
    String reason() {
        StringBuilder reason = new StringBuilder(REASON_PREFIX);
        for (String word : kind.label().split("-", -1)) {
            reason.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return reason.toString();
    }

    /** For people and for controllers that look for the time in it. */
    String message() {
        return "This node is being taken back (" + source + "/" + kind.label() + "). Deadline: "
                + RFC_1123.format(deadline);
    }
}
