// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

import dev.lastcall.warmup.failure.CredentialFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON in which containers and instances are handed their credentials. */
final class AwsJson {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private AwsJson() {}

    static AwsCredentials parse(String text, String provider) throws CredentialException {
        try {
            JsonNode document = JSON.readTree(text);
            String code = document.path("Code").asString("Success");
            if (!code.equals("Success")) {
                throw new CredentialException("", CredentialFault.ENDPOINT_SAYS, code.replaceAll("[^\\w .-]", "?"));
            }
            String id = need(document, "AccessKeyId");
            String secret = need(document, "SecretAccessKey");
            Optional<String> token = offered(document, "Token");
            // Servers on the node hand out keys that last, and then neither a token nor an end.
            Optional<Instant> end = offered(document, "Expiration").map(Instant::parse);
            return AwsCredentials.of(id, secret, token, end, provider);
        } catch (JacksonException | DateTimeException e) {
            throw new CredentialException("", CredentialFault.ODD_ANSWER, "usable credentials");
        }
    }

    private static String need(JsonNode document, String name) throws CredentialException {
        String value = document.path(name).asString("");
        if (value.isEmpty() || !value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new CredentialException("", CredentialFault.ODD_ANSWER, "a usable " + name);
        }
        return value;
    }

    private static Optional<String> offered(JsonNode document, String name) throws CredentialException {
        return document.path(name).asString("").isBlank() ? Optional.empty() : Optional.of(need(document, name));
    }
}
