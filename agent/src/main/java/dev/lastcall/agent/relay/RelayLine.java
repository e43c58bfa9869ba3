// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.relay;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line of the relay: the active final notice, or none. The time is given as what is left, because two containers
 * need not agree on a clock.
 *
 * @param kind what the notice is about; null while none is active
 * @param left to its deadline; zero while none is active
 * @param said what the provider said, and which source heard it
 */
record RelayLine(@Nullable NoticeKind kind, Duration left, String said) {

    /** Longest line. */
    static final int MAX_BYTES = 4096;

    static final RelayLine NONE = new RelayLine(null, Duration.ZERO, "");

    /** Longer than any notice, and far from where arithmetic ends. */
    private static final Duration MAX_LEFT = Duration.ofDays(3);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static RelayLine of(Reclamation reclamation, NodeClock clock) {
        return new RelayLine(reclamation.notice().key().kind(), reclamation.deadline().remaining(clock),
                reclamation.notice().key().source() + ": " + reclamation.notice().description());
    }

    /** With its end of line. */
    String text() {
        ObjectNode line = JSON.createObjectNode();
        if (kind == null) {
            line.putNull("notice");
        } else {
            line.putObject("notice").put("kind", kind.label()).put("leftMillis", left.toMillis()).put("said", said);
        }
        return line + "\n";
    }

    /** Empty where it is no such line. */
    static Optional<RelayLine> parse(String text) {
        try {
            JsonNode notice = JSON.readTree(text).path("notice");
            if (notice.isNull()) {
                return Optional.of(NONE);
            }
            String label = notice.path("kind").asString("");
            JsonNode left = notice.path("leftMillis");
            boolean sane = left.isIntegralNumber() && left.asLong(-1) >= 0 && left.asLong(0) <= MAX_LEFT.toMillis();
            return Arrays.stream(NoticeKind.values())
                    .filter(kind -> sane && kind.label().equals(label))
                    .findFirst()
                    .map(kind -> new RelayLine(kind, Duration.ofMillis(left.asLong(0)),
                            notice.path("said").asString("")));
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }
}
