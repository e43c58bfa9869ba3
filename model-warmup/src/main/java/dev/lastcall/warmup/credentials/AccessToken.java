// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.Instant;
import java.util.Optional;

/** A bearer token that ends at an instant. Immutable. */
public final class AccessToken implements Expiring {

    private final String value;
    private final Instant expiration;

    /** @throws IllegalArgumentException if the token cannot stand in a header */
    public AccessToken(String value, Instant expiration) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new IllegalArgumentException("not a token");
        }
        this.value = value;
        this.expiration = expiration;
    }

    /** As in {@code Authorization: Bearer}. */
    public String value() {
        return value;
    }

    @Override
    public Optional<Instant> expiration() {
        return Optional.of(expiration);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "a token until " + expiration;
    }
}
