// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the notations of time that the clouds use in notices and HTTP headers. Never throws. */
public final class ProviderTimes {

    /** Longest text that can be a time; the longest in any contract has 35 characters. */
    private static final int MAX_LENGTH = 64;

    /** Outside of these a time is nonsense, and arithmetic on it could overflow. */
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    /** RFC 3339 with either case of T and Z and any fraction. */
    private static final DateTimeFormatter RFC_3339 = new DateTimeFormatterBuilder().parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendOffset("+HH:MM", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final DateTimeFormatter RFC_1123 = DateTimeFormatter.RFC_1123_DATE_TIME
            .withResolverStyle(ResolverStyle.STRICT);

    /** An offset without its colon, as some libraries write it. */
    private static final Pattern BARE_OFFSET = Pattern.compile("([+-]\\d\\d)(\\d\\d)$");

    /** The day of the week says nothing that the date does not, and a wrong one must not cost the date. */
    private static final Pattern WEEKDAY = Pattern.compile("^[A-Za-z]{3,9},\\s*");

    private ProviderTimes() {}

    /**
     * Reads RFC 3339 (AWS, Google: {@code 2017-09-18T08:22:00Z}) or RFC 1123 (AWS scheduled events, Azure, HTTP:
     * {@code Mon, 19 Sep 2016 18:29:47 GMT}, the weekday optional and unchecked, the day of one or two digits).
     *
     * @return empty for anything else, and for years outside of 1970 to 2199
     */
    public static Optional<Instant> parse(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Optional<Instant> rfc3339 = attempt(() -> {
            String plain = BARE_OFFSET.matcher(stripped).replaceFirst("$1:$2");
            return OffsetDateTime.parse(plain, RFC_3339).toInstant();
        });
        return rfc3339.isPresent() ? rfc3339 : attempt(() -> {
            String plain = WEEKDAY.matcher(stripped).replaceFirst("").replaceFirst("\\s+(UTC|Z)$", " GMT");
            return ZonedDateTime.parse(plain, RFC_1123).toInstant();
        });
    }

    /** Runs a reading of a time; empty where it fails or yields a nonsensical year. */
    public static Optional<Instant> attempt(Reading reading) {
        try {
            Instant time = reading.read();
            return time.isBefore(EARLIEST) || !time.isBefore(LATEST) ? Optional.empty() : Optional.of(time);
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    /** Reads a time, or throws {@link DateTimeException}. */
    @FunctionalInterface
    public interface Reading {
        /** The time that the text names. */
        Instant read();
    }
}
