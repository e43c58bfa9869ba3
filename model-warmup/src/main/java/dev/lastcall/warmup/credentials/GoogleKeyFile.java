// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

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
 * The file that {@code GOOGLE_APPLICATION_CREDENTIALS} names, or that {@code gcloud auth application-default login} leaves
 * behind: a service account's key, a user's refresh token, or the configuration of workload identity federation. Read again
 * each time.
 */
final class GoogleKeyFile implements CredentialProvider<AccessToken> {

    static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_only";

    private static final String TOKEN_URI = "https://oauth2.googleapis.com/token";
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private final Environment environment;
    private final ControlClient control;
    private final InstantSource clock;

    GoogleKeyFile(Environment environment, ControlClient control, InstantSource clock) {
        this.environment = environment;
        this.control = control;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "application default credentials file";
    }

    @Override
    public Finding<AccessToken> find() throws CredentialException, InterruptedException {
        Optional<Path> named = environment.variable("GOOGLE_APPLICATION_CREDENTIALS").map(Path::of);
        Path file = named.orElse(environment.variable("CLOUDSDK_CONFIG")
                .map(Path::of)
                .orElse(environment.home().resolve(".config/gcloud"))
                .resolve("application_default_credentials.json"));
        if (named.isEmpty() && !Files.isRegularFile(file)) {
            return new Finding.Nothing<>("GOOGLE_APPLICATION_CREDENTIALS is not set and there is no " + file);
        }
        try {
            return new Finding.Found<>(token(file, TokenJson.parse(SecretFile.read(file))));
        } catch (JacksonException e) {
            // Without the cause: a parser quotes what it read, and that is a secret.
            throw failed(file, CredentialFault.NOT_JSON, "");
        }
    }

    private AccessToken token(Path file, JsonNode key) throws CredentialException, InterruptedException {
        String type = key.path("type").asString("");
        if (type.equals("external_account")) {
            return new ExternalAccount(file, key, control, clock).token();
        }
        String form = switch (type) {
            case "service_account" ->
                "grant_type=" + PercentEncoding.component("urn:ietf:params:oauth:grant-type:jwt-bearer")
                        + "&assertion=" + ServiceAccountJwt.of(key, SCOPE, tokenUri(key), clock.instant());
            case "authorized_user" ->
                "grant_type=refresh_token&client_id=" + field(file, key, "client_id") + "&client_secret="
                        + field(file, key, "client_secret") + "&refresh_token=" + field(file, key, "refresh_token");
            default ->
                throw failed(file, CredentialFault.KEY_KIND, type.replaceAll("[^\\w-]", "?"));
        };
        URI uri = URI.create(tokenUri(key));
        ControlClient.Call call = new ControlClient.Call("POST", Origin.of(uri), uri.getRawPath(),
                Map.of("content-type", "application/x-www-form-urlencoded", "accept", "application/json"),
                Buffer.buffer(form),
                MAX_ANSWER_BYTES, CALL_TIMEOUT);
        try {
            ControlClient.Response response = ControlCalls.repeat(() -> answered(call));
            if (response.status() != 200) {
                throw failed(file, CredentialFault.KEY_REFUSED,
                        (response.status() + " " + TokenJson.refusal(response.text())).strip());
            }
            return TokenJson.token(response.text(), clock.instant());
        } catch (StoreException e) {
            throw new CredentialException("", CredentialFault.FROM_PASSING, e);
        }
    }

    private ControlClient.Response answered(ControlClient.Call call) throws StoreException, InterruptedException {
        ControlClient.Response response = control.send(call);
        if (response.status() >= 500 || response.status() == 429) {
            throw new StoreException(new Failure.Refused(StoreFamily.WEB, call.toString(),
                    Integer.toString(response.status()), Refusal.STORE_FAULT));
        }
        return response;
    }

    /** Where tokens are given out: what the file says, if that is a safe place for a secret. */
    private static String tokenUri(JsonNode key) throws CredentialException {
        String uri = key.path("token_uri").asString(TOKEN_URI);
        try {
            Origin origin = Origin.of(URI.create(uri));
            if ((origin.tls() || origin.host().equals("127.0.0.1")) && URI.create(uri).getRawPath().startsWith("/")) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new CredentialException("the key file", CredentialFault.TOKEN_URI, "");
        }
        throw new CredentialException("the key file", CredentialFault.TOKEN_URI, "");
    }

    private static String field(Path file, JsonNode key, String name) throws CredentialException {
        String value = key.path(name).asString("");
        if (value.isEmpty()) {
            throw failed(file, CredentialFault.FIELD_LACKS, name);
        }
        return PercentEncoding.component(value);
    }

    private static CredentialException failed(Path file, CredentialFault fault, String detail) {
        return new CredentialException(file.toString(), fault, detail);
    }
}
