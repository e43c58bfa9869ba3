// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How a server names a version of a file: no other version of the file has the same name, but where it has none.
 *
 * @param etag the field's value; empty for none
 * @param headers further lines
 */
record VersionForm(String etag, List<String> headers) {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Instant BASE = Instant.parse("2024-02-29T12:00:00Z");

    /** What servers do. */
    enum Kind {
        STRONG, LIKE_AN_MD5, UNQUOTED, WEAK_AND_TIME, TIME, NOTHING;

        /** Whether the name distinguishes versions. */
        boolean isName() {
            return this != NOTHING;
        }
    }

    /**
     * The name of a version.
     *
     * @param number of the version; a later version may have an earlier time, as after a roll-back
     */
    static VersionForm of(Kind kind, int number, SplittableRandom random) {
        String hex = String.format(Locale.ROOT, "%016x", random.nextLong());
        String time = "Last-Modified: " + HTTP_DATE.format(BASE.plusSeconds(number % 2 == 0 ? number : -number));
        return switch (kind) {
            case STRONG -> new VersionForm("\"" + hex + "\"", number % 3 == 0 ? List.of(time) : List.of());
            case LIKE_AN_MD5 -> new VersionForm("\"" + hex + hex + "\"", List.of());
            case UNQUOTED -> new VersionForm(hex, List.of());
            case WEAK_AND_TIME -> new VersionForm("W/\"" + hex + "\"", List.of(time));
            case TIME -> new VersionForm("", List.of(time));
            case NOTHING -> new VersionForm("", List.of());
        };
    }
}
