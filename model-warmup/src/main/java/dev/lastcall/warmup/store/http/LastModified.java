// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

import dev.lastcall.warmup.http.ResponseHead;

/**
 * Whether a {@code Last-Modified} pins ranges to one version. It counts seconds: a file that was written in the very second
 * of the answer can be written again in it, and bears the same time then (RFC 9110, 8.8.2.2).
 */
final class LastModified {

    /** So much later the answer must be, by the server's own clock. */
    static final Duration SECOND = Duration.ofSeconds(1);

    /** The same by this machine's clock, where the answer has no time. */
    private static final Duration OTHER_CLOCK = Duration.ofMinutes(1);

    private LastModified() {}

    /** Whether it does; also true where the answer has no such field. */
    static boolean isStrong(ResponseHead head, Instant now) {
        Optional<String> text = head.field("last-modified");
        if (text.isEmpty()) {
            return true;
        }
        Optional<Instant> modified = text.flatMap(LastModified::parse);
        Optional<Instant> date = head.field("date").flatMap(LastModified::parse);
        if (modified.isEmpty()) {
            return false;
        }
        Duration age = Duration.between(modified.get(), date.orElse(now));
        return age.compareTo(date.isPresent() ? SECOND : OTHER_CLOCK) >= 0;
    }

    private static Optional<Instant> parse(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
