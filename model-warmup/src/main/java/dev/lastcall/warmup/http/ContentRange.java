// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code Content-Range: bytes first-last/total} (RFC 9110, 14.4).
 *
 * @param first offset of the first byte
 * @param last offset of the last byte, inclusive
 * @param total size of the whole, -1 where the server says {@code *}
 */
public record ContentRange(long first, long last, long total) {

    private static final Pattern SHAPE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)",
            Pattern.CASE_INSENSITIVE);

    /** Empty where the text is anything but a satisfied range of bytes. */
    public static Optional<ContentRange> parse(String text) {
        Matcher matcher = SHAPE.matcher(text.trim());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long first = Long.parseLong(matcher.group(1));
        long last = Long.parseLong(matcher.group(2));
        long total = matcher.group(3).equals("*") ? -1 : Long.parseLong(matcher.group(3));
        if (last < first || (total >= 0 && last >= total)) {
            return Optional.empty();
        }
        return Optional.of(new ContentRange(first, last, total));
    }
}
