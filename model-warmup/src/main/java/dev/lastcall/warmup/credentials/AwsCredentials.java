// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** A key of AWS, permanent or temporary. Immutable. */
public final class AwsCredentials implements Expiring {

    private final String accessKeyId;
    private final String secretAccessKey;
    private final @Nullable String sessionToken;
    private final @Nullable Instant expiration;
    private final String provider;

    private AwsCredentials(String accessKeyId, String secretAccessKey, @Nullable String sessionToken,
            @Nullable Instant expiration, String provider) {
        this.accessKeyId = accessKeyId;
        this.secretAccessKey = secretAccessKey;
        this.sessionToken = sessionToken;
        this.expiration = expiration;
        this.provider = provider;
    }

    /** A key that stays; {@code provider} says where it was found. */
    public static AwsCredentials permanent(String accessKeyId, String secretAccessKey, String provider) {
        return new AwsCredentials(accessKeyId, secretAccessKey, null, null, provider);
    }

    /** A key with a session token whose end is unknown. */
    public static AwsCredentials session(String accessKeyId, String secretAccessKey, String sessionToken,
            String provider) {
        return new AwsCredentials(accessKeyId, secretAccessKey, sessionToken, null, provider);
    }

    /** A key with a session token that ends at {@code expiration}. */
    public static AwsCredentials temporary(String accessKeyId, String secretAccessKey, String sessionToken,
            Instant expiration, String provider) {
        return new AwsCredentials(accessKeyId, secretAccessKey, sessionToken, expiration, provider);
    }

    /** A key of which a token and an end may be known or not. */
    static AwsCredentials of(String accessKeyId, String secretAccessKey, Optional<String> sessionToken,
            Optional<Instant> expiration, String provider) {
        return new AwsCredentials(accessKeyId, secretAccessKey, sessionToken.orElse(null), expiration.orElse(null),
                provider);
    }

    /** The public half. */
    public String accessKeyId() {
        return accessKeyId;
    }

    /** The secret half. */
    public String secretAccessKey() {
        return secretAccessKey;
    }

    /** Sent and signed with each request, where there is one. */
    public Optional<String> sessionToken() {
        return Optional.ofNullable(sessionToken);
    }

    @Override
    public Optional<Instant> expiration() {
        return Optional.ofNullable(expiration);
    }

    /** Where it was found. */
    public String provider() {
        return provider;
    }

    /** Whether a store would see no difference. */
    public boolean isSameKeyAs(AwsCredentials other) {
        return accessKeyId.equals(other.accessKeyId) && sessionToken().equals(other.sessionToken());
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return accessKeyId + " from " + provider;
    }
}
