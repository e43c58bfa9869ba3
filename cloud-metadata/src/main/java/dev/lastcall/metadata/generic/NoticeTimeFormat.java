// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

import dev.lastcall.metadata.time.ProviderTimes;

/** How a time is written. */
public sealed interface NoticeTimeFormat {

    /** Reads it; empty where it is not written so. Never throws. */
    Optional<Instant> parse(String text);

    /** RFC 3339, RFC 1123, or seconds since 1970. */
    record Usual() implements NoticeTimeFormat {
        @Override
        public Optional<Instant> parse(String text) {
            if (text.length() <= 12 && text.length() >= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return ProviderTimes.attempt(() -> Instant.ofEpochSecond(Long.parseLong(text)));
            }
            return ProviderTimes.parse(text);
        }
    }

    /**
     * The calendar of a place, without its offset.
     *
     * @param pattern as of {@link DateTimeFormatter}, such as {@code uuuu-MM-dd HH:mm:ss}
     * @param offset the place's offset from UTC
     */
    record Local(String pattern, ZoneOffset offset) implements NoticeTimeFormat {
        /** Checks the pattern. */
        public Local {
            Objects.requireNonNull(DateTimeFormatter.ofPattern(pattern, Locale.ROOT));
        }

        @Override
        public Optional<Instant> parse(String text) {
            DateTimeFormatter format = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
            return ProviderTimes.attempt(() -> LocalDateTime.parse(text, format).toInstant(offset));
        }
    }

    /** RFC 3339, RFC 1123, or seconds since 1970. */
    NoticeTimeFormat USUAL = new Usual();
}
