// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** The {@code Retry-After} header (RFC 9110, 10.2.3): seconds or a date, measured against the server's own date. */
public final class RetryAfter {

    /** No store is obeyed for longer: by then it can have recovered. */
    public static final Duration CAP = Duration.ofSeconds(60);

    private RetryAfter() {}

    /** Zero where there is none or it makes no sense. */
    public static Duration of(ResponseHead head) {
        return head.field("retry-after").map(text -> parse(text, head)).map(RetryAfter::capped).orElse(Duration.ZERO);
    }

    private static Duration capped(Duration wish) {
        return wish.isNegative() ? Duration.ZERO : wish.compareTo(CAP) > 0 ? CAP : wish;
    }

    private static Duration parse(String text, ResponseHead head) {
        if (text.matches("\\d+")) {
            return text.length() > 9 ? CAP : Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant now = head.field("date").map(RetryAfter::date).orElseGet(Instant::now);
            return Duration.between(now, date(text));
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }

    private static Instant date(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    }
}
