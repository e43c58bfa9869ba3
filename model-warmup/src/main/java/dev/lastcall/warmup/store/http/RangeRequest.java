// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.util.List;

import dev.lastcall.warmup.http.Origin;

/**
 * A GET for a range as one store words it.
 *
 * @param target path and query as they go onto the wire
 * @param headers complete lines, without {@code Host}; where the file is ranged, {@code Range} among them
 */
public record RangeRequest(Origin origin, String target, List<String> headers) {

    /** @throws IllegalArgumentException if a listing smuggled in what would end the line */
    public RangeRequest {
        headers = List.copyOf(headers);
        if (!isOneLine(target) || !headers.stream().allMatch(RangeRequest::isOneLine)) {
            throw new IllegalArgumentException(
                    "a request whose target or header is not one line of visible characters");
        }
    }

    /** The target without its query, which can carry a signature. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static boolean isOneLine(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c < 0x7f));
    }
}
