// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.store.StoreException;
import io.vertx.core.buffer.Buffer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Workload identity federation: another identity provider's token, from a file or an address, is exchanged for Google's
 * (RFC 8693), and that, where the configuration asks for it, for a service account's ("AIP-4117: External Account
 * Credentials").
 */
final class ExternalAccount {

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    /** Where a token may come from in the clear: the metadata services of clouds, and this node. */
    private static final Set<String> IN_THE_CLEAR = Set.of("169.254.169.254", "fd00:ec2::254",
            "metadata.google.internal", "127.0.0.1", "::1", "localhost");

    /** To act as a service account; its own token is then narrowed to reading. */
    private static final String PLATFORM_SCOPE = "https://www.googleapis.com/auth/cloud-platform";

    private final Path file;
    private final JsonNode configuration;
    private final ControlClient control;
    private final InstantSource clock;

    ExternalAccount(Path file, JsonNode configuration, ControlClient control, InstantSource clock) {
        this.file = file;
        this.configuration = configuration;
        this.control = control;
        this.clock = clock;
    }

    AccessToken token() throws CredentialException, InterruptedException {
        String impersonation = configuration.path("service_account_impersonation_url").asString("");
        AccessToken federated = exchange(subjectToken(),
                impersonation.isEmpty() ? GoogleKeyFile.SCOPE : PLATFORM_SCOPE);
        return impersonation.isEmpty() ? federated : impersonate(impersonation, federated);
    }

    private String subjectToken() throws CredentialException, InterruptedException {
        JsonNode source = configuration.path("credential_source");
        String text;
        if (!source.path("file").asString("").isEmpty()) {
            text = SecretFile.read(Path.of(source.path("file").asString("")));
        } else if (!source.path("url").asString("").isEmpty() && source.path("environment_id").isMissingNode()) {
            text = fetch(source);
        } else {
            throw failed(CredentialFault.SOURCE_KIND, "");
        }
        JsonNode format = source.path("format");
        if (!format.path("type").asString("text").equals("json")) {
            return text.strip();
        }
        String field = format.path("subject_token_field_name").asString("");
        try {
            String token = TokenJson.parse(text).path(field).asString("");
            if (!token.isEmpty()) {
                return token;
            }
        } catch (JacksonException e) {
            // Without the cause: a parser quotes what it read, and that is a secret.
            throw failed(CredentialFault.SOURCE_NO_JSON, "");
        }
        throw failed(CredentialFault.SOURCE_NO_FIELD, field);
    }

    private String fetch(JsonNode source) throws CredentialException, InterruptedException {
        URI uri = address("credential_source.url", source.path("url").asString(""), IN_THE_CLEAR);
        Map<String, String> headers = new HashMap<>();
        source.path("headers")
                .properties()
                .forEach(header -> headers.put(header.getKey(), header.getValue().asString("")));
        return call("the token's source",
                new ControlClient.Call("GET", Origin.of(uri), target(uri), headers, Buffer.buffer(), MAX_ANSWER_BYTES,
                        CALL_TIMEOUT));
    }

    private AccessToken exchange(String subject, String scope) throws CredentialException, InterruptedException {
        URI uri = address("token_url", field("token_url"), Set.of("127.0.0.1"));
        String form = "grant_type=" + PercentEncoding.component("urn:ietf:params:oauth:grant-type:token-exchange")
                + "&requested_token_type=" + PercentEncoding.component("urn:ietf:params:oauth:token-type:access_token")
                + "&audience=" + PercentEncoding.component(field("audience")) + "&scope="
                + PercentEncoding.component(scope) + "&subject_token_type="
                + PercentEncoding.component(field("subject_token_type")) + "&subject_token="
                + PercentEncoding.component(subject);
        Map<String, String> headers = new HashMap<>(
                Map.of("content-type", "application/x-www-form-urlencoded", "accept", "application/json"));
        String client = configuration.path("client_id").asString("");
        if (!client.isEmpty()) {
            String login = client + ":" + configuration.path("client_secret").asString("");
            headers.put("authorization",
                    "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        return TokenJson.token(call("the token exchange", new ControlClient.Call("POST", Origin.of(uri), target(uri),
                headers, Buffer.buffer(form), MAX_ANSWER_BYTES, CALL_TIMEOUT)), clock.instant());
    }

    private AccessToken impersonate(String address, AccessToken federated)
            throws CredentialException, InterruptedException {
        URI uri = address("service_account_impersonation_url", address, Set.of("127.0.0.1"));
        long seconds = configuration.path("service_account_impersonation").path("token_lifetime_seconds").asLong(3600);
        String body = "{\"scope\":[\"" + GoogleKeyFile.SCOPE + "\"],\"lifetime\":\"" + seconds + "s\"}";
        String answer = call("the service account", new ControlClient.Call("POST", Origin.of(uri), target(uri),
                Map.of("content-type", "application/json", "authorization", "Bearer " + federated.value()),
                Buffer.buffer(body), MAX_ANSWER_BYTES, CALL_TIMEOUT));
        try {
            JsonNode document = TokenJson.parse(answer);
            return new AccessToken(document.path("accessToken").asString(""),
                    Instant.parse(document.path("expireTime").asString("")));
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
            throw failed(CredentialFault.ODD_ANSWER, "a usable token");
        }
    }

    private String call(String what, ControlClient.Call call) throws CredentialException, InterruptedException {
        try {
            ControlClient.Response response = ControlCalls.repeat(() -> {
                ControlClient.Response answer = control.send(call);
                if (answer.status() >= 500 || answer.status() == 429) {
                    throw new StoreException(new Failure.Refused(StoreFamily.WEB, call.toString(),
                            Integer.toString(answer.status()), Refusal.STORE_FAULT));
                }
                return answer;
            });
            if (response.status() != 200) {
                throw failed(CredentialFault.POOL_REFUSED, what + " answers "
                        + (response.status() + " " + TokenJson.refusal(response.text())).strip());
            }
            return response.text();
        } catch (StoreException e) {
            throw new CredentialException(file + ": " + what, CredentialFault.FROM_PASSING, e);
        }
    }

    private URI address(String name, String text, Set<String> inTheClear) throws CredentialException {
        try {
            URI uri = URI.create(text);
            Origin origin = Origin.of(uri);
            if (origin.tls() || inTheClear.contains(origin.host())) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw failed(CredentialFault.URL_NO_ADDRESS, name);
        }
        throw failed(CredentialFault.URL_IN_THE_CLEAR, name);
    }

    private static String target(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private String field(String name) throws CredentialException {
        String value = configuration.path(name).asString("");
        if (value.isEmpty()) {
            throw failed(CredentialFault.FIELD_LACKS, name);
        }
        return value;
    }

    private CredentialException failed(CredentialFault fault, String detail) {
        return new CredentialException(file.toString(), fault, detail);
    }
}
