// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;

/** Google's metadata server: how a key is read, how a change is waited for, what its statuses mean. Thread-safe. */
final class GceServer {

    private static final String BASE = "/computeMetadata/v1/";

    private final MetadataTransport transport;
    private final Endpoint endpoint;
    private final Duration timeout;

    GceServer(MetadataTransport transport, Endpoint endpoint, Duration timeout) {
        this.transport = transport;
        this.endpoint = endpoint;
        this.timeout = timeout;
    }

    /** Reads a key as it is now. */
    MetadataAnswer get(String key) throws InterruptedException {
        return transport.ask(request(key, timeout, true));
    }

    /**
     * Reads a key as soon as it differs from what bore {@code etag}, or after {@code held} as it is then ("Waiting for changes",
     * Compute Engine). A connection that breaks in between is not asked over again here: the value may have changed.
     */
    MetadataAnswer await(String key, String etag, Duration held, Duration total) throws InterruptedException {
        String query = "?wait_for_change=true&timeout_sec=" + held.toSeconds() + "&last_etag="
                + URLEncoder.encode(etag, StandardCharsets.UTF_8);
        return transport.ask(request(key + query, total, false));
    }

    private MetadataRequest request(String key, Duration total, boolean retriesStale) {
        return new MetadataRequest(MetadataRequest.Method.GET, endpoint, BASE + key,
                Map.of("Metadata-Flavor", "Google"), "", total,
                retriesStale);
    }

    /** Why {@code answer} for {@code key} is of no use. */
    MetadataProblem explain(String key, MetadataAnswer answer) {
        MetadataProblem plain = Explainer.PLAIN.explain(request(key, timeout, true), answer);
        if (!(answer instanceof MetadataAnswer.Response response)) {
            return plain;
        }
        return switch (response.status()) {
            case 403 -> Explainer.hint(plain,
                    "the Metadata-Flavor header was lost or X-Forwarded-For was added: a proxy is in between");
            case 404 -> Explainer.hint(new MetadataProblem(Kind.DENIED, plain.message()),
                    "the key is hidden, as GKE's metadata server does for pods: set hostNetwork: true");
            case 503 -> Explainer.hint(plain, "it does so while its host is maintained");
            default -> plain;
        };
    }
}
