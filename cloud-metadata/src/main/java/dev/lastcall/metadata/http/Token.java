// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Duration;

/**
 * A session token.
 *
 * @param endpoint the endpoint that granted it and that is asked with it
 * @param value what goes into the header
 * @param refreshNanos from when on a new one is asked for, on the monotonic clock
 * @param expiryNanos when it is no longer used
 */
record Token(Endpoint endpoint, String value, long refreshNanos, long expiryNanos) {

    /** A token is refreshed when this is left, if that is sooner than {@link #USED_SHARE} of its life … */
    private static final Duration REFRESH_LEFT = Duration.ofMinutes(5);
    /** … and at this share of its life at the latest … */
    private static final double USED_SHARE = 0.8;
    /** … but a short-lived one not before this share. */
    private static final double SHORT_LIVED_SHARE = 0.5;

    /** A token granted at {@code nowNanos} for {@code ttl}. */
    static Token granted(Endpoint endpoint, String value, Duration ttl, long nowNanos) {
        double life = ttl.toNanos();
        double refresh = Math.max(life * SHORT_LIVED_SHARE, Math.min(life * USED_SHARE, life - REFRESH_LEFT.toNanos()));
        return new Token(endpoint, value, nowNanos + (long) refresh, nowNanos + ttl.toNanos());
    }

    boolean isExpired(long nowNanos) {
        return expiryNanos - nowNanos <= 0;
    }

    boolean isOld(long nowNanos) {
        return refreshNanos - nowNanos <= 0;
    }

    /** Without the value. */
    @Override
    public String toString() {
        return "Token[endpoint=" + endpoint + "]";
    }
}
