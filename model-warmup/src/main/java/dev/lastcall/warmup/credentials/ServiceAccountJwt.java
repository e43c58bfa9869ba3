// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.lastcall.warmup.failure.CredentialFault;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The assertion by which a service account asks for a token (RFC 7523), signed with its own key by RS256. */
final class ServiceAccountJwt {

    /** The longest that Google takes. */
    private static final Duration LIFE = Duration.ofHours(1);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ServiceAccountJwt() {}

    static String of(JsonNode key, String scope, String audience, Instant now) throws CredentialException {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("alg", "RS256");
        header.put("typ", "JWT");
        header.put("kid", need(key, "private_key_id"));
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", need(key, "client_email"));
        claims.put("scope", scope);
        claims.put("aud", audience);
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(LIFE).getEpochSecond());
        String signed = base64(JSON.writeValueAsBytes(header)) + "." + base64(JSON.writeValueAsBytes(claims));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(privateKey(need(key, "private_key")));
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Without the cause: it could quote the key.
            throw new CredentialException("the service account's file", CredentialFault.BAD_PRIVATE_KEY, "");
        }
    }

    private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        String base64 = pem.replace("-----BEGIN PRIVATE KEY-----", "")
                .replace("-----END PRIVATE KEY-----", "")
                .replaceAll("\\s", "");
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    private static String need(JsonNode key, String name) throws CredentialException {
        String value = key.path(name).asString("");
        if (value.isEmpty()) {
            throw new CredentialException("the service account's file", CredentialFault.FIELD_LACKS, name);
        }
        return value;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
