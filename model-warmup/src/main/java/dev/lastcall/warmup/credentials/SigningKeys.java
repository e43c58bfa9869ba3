// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReference;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/** Derives the key that signs, and keeps the last one: it is the same for all requests of a day. Thread-safe. */
final class SigningKeys {

    private final AtomicReference<@Nullable Derived> last = new AtomicReference<>();

    byte[] of(String secret, String day, String region, String service) {
        Derived known = last.get();
        if (known != null && known.isOf(secret, day, region, service)) {
            return known.key;
        }
        byte[] ofDay = hmac(("AWS4" + secret).getBytes(StandardCharsets.UTF_8), day);
        byte[] key = hmac(hmac(hmac(ofDay, region), service), "aws4_request");
        last.set(new Derived(secret, day, region, service, key));
        return key;
    }

    static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by what it was derived from, never by the key
    private record Derived(String secret, String day, String region, String service, byte[] key) {

        boolean isOf(String otherSecret, String otherDay, String otherRegion, String otherService) {
            return secret.equals(otherSecret) && day.equals(otherDay) && region.equals(otherRegion)
                    && service.equals(otherService);
        }

        /** Without the keys. */
        @Override
        public String toString() {
            return "Derived[day=" + day + ", region=" + region + ", service=" + service + "]";
        }
    }
}
