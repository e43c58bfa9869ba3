// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.lastcall.warmup.http.ResponseHead;

/** The {@code Content-Encoding} of an object (RFC 9110, 8.4): a list, of which some members change nothing. */
public final class ContentCoding {

    /**
     * {@code aws-chunked} was the framing of the upload; stores that keep the word with the object have taken the framing
     * away.
     */
    private static final Set<String> WITHOUT_EFFECT = Set.of("", "identity", "aws-chunked");

    private ContentCoding() {}

    /** Whether the body is the object itself. */
    public static boolean isPlain(ResponseHead head) {
        return isPlain(head.all("content-encoding"));
    }

    /** Whether an object with this encoding is stored as it is. */
    public static boolean isPlain(String encoding) {
        return isPlain(List.of(encoding));
    }

    private static boolean isPlain(Collection<String> fields) {
        return fields.stream()
                .flatMap(field -> Arrays.stream(field.split(",", -1)))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .allMatch(WITHOUT_EFFECT::contains);
    }

    /** The encodings for a message. */
    public static String shown(ResponseHead head) {
        return String.join(", ", head.all("content-encoding"));
    }
}
