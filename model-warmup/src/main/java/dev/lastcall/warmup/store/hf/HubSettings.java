// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.credentials.TokenFile;
import dev.lastcall.warmup.http.Origin;

/** Where the hub is and who asks it. Immutable. */
public final class HubSettings {

    private final URI endpoint;
    private final String token;

    /**
     * Of these values.
     *
     * @param token empty to ask without credentials
     * @throws IllegalArgumentException if the endpoint is no http or https address
     */
    public HubSettings(URI endpoint, String token) {
        Origin.of(endpoint);
        this.endpoint = endpoint;
        this.token = token;
    }

    /**
     * What Hugging Face's tools would take from {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_TOKEN_PATH},
     * {@code HF_HOME}, {@code XDG_CACHE_HOME} and {@code HF_HUB_DISABLE_IMPLICIT_TOKEN}.
     *
     * @throws CredentialException if a token file is there and cannot be used
     */
    public static HubSettings from(Environment environment) throws CredentialException {
        URI endpoint = environment.address("HF_ENDPOINT").orElse(URI.create("https://huggingface.co"));
        Optional<String> token = environment.variable("HF_TOKEN")
                .or(() -> environment.variable("HUGGING_FACE_HUB_TOKEN"));
        if (token.isPresent()) {
            return new HubSettings(endpoint, token.get());
        }
        Path caches = environment.variable("XDG_CACHE_HOME")
                .map(environment::path)
                .orElse(environment.home().resolve(".cache"));
        Path home = environment.variable("HF_HOME").map(environment::path).orElse(caches.resolve("huggingface"));
        Path file = environment.variable("HF_TOKEN_PATH").map(environment::path).orElse(home.resolve("token"));
        boolean isWanted = !environment.isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN");
        return new HubSettings(endpoint, isWanted && Files.isRegularFile(file) ? TokenFile.read(file) : "");
    }

    /** The same at another address. */
    public HubSettings withEndpoint(URI other) {
        return new HubSettings(other, token);
    }

    /** The same, without credentials. */
    public HubSettings withoutToken() {
        return new HubSettings(endpoint, "");
    }

    URI endpoint() {
        return endpoint;
    }

    /** Empty for none. */
    String token() {
        return token;
    }
}
