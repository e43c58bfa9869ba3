// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Duration;

/**
 * How a metadata server hands out session tokens.
 *
 * @param path what is PUT to get one
 * @param ttlHeader the header that asks for a life time in seconds, and in the answer says what was granted
 * @param tokenHeader the header that carries the token afterwards
 * @param ttl the life time asked for
 * @param allowWithout whether to ask without a token where none can be had
 */
public record TokenContract(String path, String ttlHeader, String tokenHeader, Duration ttl, boolean allowWithout) {

    /** Longest that AWS grants ("Use IMDSv2", EC2 User Guide); also what is asked for by default. */
    public static final Duration MAX_TTL = Duration.ofHours(6);

    public TokenContract {
        if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException("a token's ttl is 1 s to " + MAX_TTL.toSeconds() + " s, not " + ttl);
        }
    }
}
