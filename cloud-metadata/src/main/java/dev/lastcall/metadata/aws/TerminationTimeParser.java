// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.time.ProviderTimes;

/**
 * Reads {@code spot/termination-time}: {@code 2015-01-05T18:02:00Z}, or "a value that is not a time value", which is a no
 * ("Spot Instance interruption notices", EC2 User Guide).
 */
final class TerminationTimeParser {

    /** Words, as a value that is not a time may have them; no markup, no JSON, no control characters. */
    private static final Pattern WORDS = Pattern.compile("[A-Za-z][A-Za-z0-9 ._-]{0,63}");

    private TerminationTimeParser() {}

    /** The time; empty where the value says that there is none. */
    static Optional<Instant> parse(String body) throws MalformedAnswerException {
        String text = body.strip();
        Optional<Instant> time = ProviderTimes.parse(text);
        if (time.isEmpty() && !WORDS.matcher(text).matches()) {
            throw new MalformedAnswerException("neither a time nor a word for none:" + Explainer.quote(text));
        }
        return time;
    }
}
