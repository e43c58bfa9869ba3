// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.lastcall.simulator.script.DurationText;

/**
 * One request that came to the simulator, and what became of it. Immutable.
 *
 * @param position when it had been read, on the timeline
 * @param time the same as calendar time
 * @param connection which connection it came on, counted from 1
 * @param method the method; {@value #MALFORMED} when the request was none
 * @param target the target as it was sent, with its query
 * @param headers names in lower case
 * @param body the body, which is small
 * @param outcome what became of it so far
 */
public record RecordedRequest(Duration position, Instant time, int connection, String method, String target,
        Map<String, List<String>> headers, String body, Outcome outcome) {

    /** The method of what was no HTTP request. */
    public static final String MALFORMED = "-";

    /** What became of a request. */
    public sealed interface Outcome {

        /** It is being answered, or waits. */
        record Pending() implements Outcome {
            @Override
            public String toString() {
                return "pending";
            }
        }

        /** The whole answer was sent. */
        record Answered(int status) implements Outcome {
            @Override
            public String toString() {
                return Integer.toString(status);
            }
        }

        /** The simulator reset the connection before the answer was whole. */
        record Reset() implements Outcome {
            @Override
            public String toString() {
                return "reset";
            }
        }

        /** The simulator closed the connection before the answer was whole. */
        record Closed() implements Outcome {
            @Override
            public String toString() {
                return "closed";
            }
        }

        /** The client left before the answer was whole. */
        record ClientLeft() implements Outcome {
            @Override
            public String toString() {
                return "client left";
            }
        }
    }

    public RecordedRequest {
        headers = Map.copyOf(headers);
    }

    /** The target without its query. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The first value of a header, or empty text. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of("")).getFirst();
    }

    /** One line: position, method, target, outcome. */
    @Override
    public String toString() {
        return "%s %s %s %s".formatted(DurationText.format(Duration.ofMillis(position.toMillis())), method, target,
                outcome);
    }
}
