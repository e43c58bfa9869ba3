// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A token or key that must not be shown: its text form hides it, so that a record that holds it can be logged. Immutable.
 * Two are compared in a time that says nothing of where they differ.
 */
public final class Secret {

    /** What is shown in a secret's place. */
    public static final String MASK = "********";

    private static final String BEARER = "Bearer ";

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** Hides {@code value}. */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The bearer token of a header {@code Authorization}; empty where there is no header or it holds something else. */
    public static Optional<Secret> ofBearer(@Nullable String header) {
        return header != null && header.startsWith(BEARER)
                ? Optional.of(new Secret(header.substring(BEARER.length())))
                : Optional.empty();
    }

    /** The secret itself, for the one place that sends it. */
    public String reveal() {
        return value;
    }

    /** The value of the header {@code Authorization} that carries it as a bearer token (RFC 6750, 2.1). */
    public String bearer() {
        return BEARER + value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }

    private byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
