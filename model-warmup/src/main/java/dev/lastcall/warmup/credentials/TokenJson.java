// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.Instant;

import dev.lastcall.warmup.failure.CredentialFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON in which OAuth 2.0 hands tokens out (RFC 6749, 5.1). */
final class TokenJson {

    /** No token lives longer; more is a wrong answer. */
    private static final long MAX_SECONDS = 86_400;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TokenJson() {}

    static JsonNode parse(String text) throws JacksonException {
        return JSON.readTree(text);
    }

    static AccessToken token(String text, Instant now) throws CredentialException {
        try {
            JsonNode document = parse(text);
            long seconds = document.path("expires_in").asLong(0);
            return new AccessToken(document.path("access_token").asString(""),
                    now.plusSeconds(Math.max(0, Math.min(MAX_SECONDS, seconds))));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new CredentialException("", CredentialFault.ODD_ANSWER, "a usable token");
        }
    }

    /** {@code error: description} of a refusal, one line, shortened. */
    static String refusal(String text) {
        try {
            JsonNode document = parse(text);
            String said = document.path("error").asString("") + " " + document.path("error_description").asString("");
            return said.strip().replaceAll("\\p{Cntrl}+", " ").replaceAll("^(.{300}).*$", "$1…");
        } catch (JacksonException e) {
            return "";
        }
    }
}
