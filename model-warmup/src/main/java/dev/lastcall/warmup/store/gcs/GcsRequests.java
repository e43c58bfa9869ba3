// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.gcs;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import dev.lastcall.warmup.credentials.AccessToken;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Refreshed;
import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.text.Amount;
import org.jspecify.annotations.Nullable;

/** Words requests to one bucket, with a token that is replaced once when the store refuses it. Thread-safe. */
final class GcsRequests {

    private final String bucket;
    private final GcsSettings settings;
    private final @Nullable Refreshed<AccessToken> tokens;
    private final ControlClient control;
    private final Origin origin;

    GcsRequests(String bucket, GcsSettings settings, @Nullable Refreshed<AccessToken> tokens, ControlClient control) {
        this.bucket = bucket;
        this.settings = settings;
        this.tokens = settings.anonymous() ? null : tokens;
        this.control = control;
        this.origin = Origin.of(settings.endpoint());
    }

    Origin origin() {
        return origin;
    }

    /** The token to send now; null where none is sent. */
    @Nullable
    AccessToken token() throws StoreException, InterruptedException {
        try {
            return tokens == null ? null : tokens.get();
        } catch (CredentialException e) {
            throw explain(e);
        }
    }

    /**
     * Replaces a token that the store refused.
     *
     * @return whether there is another one now
     */
    boolean replace(@Nullable AccessToken refused) throws StoreException, InterruptedException {
        if (tokens == null || refused == null) {
            return false;
        }
        try {
            return !tokens.insteadOf(refused).value().equals(refused.value());
        } catch (CredentialException e) {
            throw explain(e);
        }
    }

    private StoreException explain(CredentialException e) {
        return new StoreException(e.at("gs://" + bucket), e);
    }

    static Map<String, String> headers(@Nullable AccessToken token) {
        Map<String, String> headers = new HashMap<>();
        if (token != null) {
            headers.put("authorization", "Bearer " + token.value());
        }
        return headers;
    }

    /** Path and query below the bucket, with the project that pays. */
    String target(String path, Map<String, String> parameters) {
        StringBuilder target = new StringBuilder("/storage/v1/b/").append(PercentEncoding.component(bucket))
                .append(path);
        char separator = '?';
        Map<String, String> all = new TreeMap<>(parameters);
        if (!settings.userProject().isEmpty()) {
            all.put("userProject", settings.userProject());
        }
        for (Map.Entry<String, String> parameter : all.entrySet()) {
            target.append(separator)
                    .append(parameter.getKey())
                    .append('=')
                    .append(PercentEncoding.component(parameter.getValue()));
            separator = '&';
        }
        return target.toString();
    }

    /** Asks; once more with another token if the first is refused. */
    ControlClient.Response get(String what, String target, int maxBodyBytes)
            throws StoreException, InterruptedException {
        AccessToken token = token();
        ControlClient.Response response = send(target, token, maxBodyBytes);
        if (response.status() == 401 && replace(token)) {
            response = send(target, token(), maxBodyBytes);
        }
        if (response.status() == 200 && !response.truncated()) {
            return response;
        }
        if (response.truncated()) {
            throw new StoreException(
                    new Failure.BadAnswer(StoreFamily.GCS, what, AnswerFault.TOO_LARGE, Amount.of(maxBodyBytes)));
        }
        throw GcsAnswers.lasting(what, response.head(), response.text());
    }

    private ControlClient.Response send(String target, @Nullable AccessToken token, int maxBodyBytes)
            throws StoreException, InterruptedException {
        return control.send(ControlClient.Call.get(origin, target, headers(token), maxBodyBytes));
    }
}
