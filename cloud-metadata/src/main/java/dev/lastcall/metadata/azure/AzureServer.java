// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.azure;

import java.time.Duration;
import java.util.Map;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;

/** Azure's metadata server: its two paths and what its statuses mean. Thread-safe. */
final class AzureServer {

    private static final String EVENTS = "/metadata/scheduledevents?api-version=2020-07-01";
    private static final String NAME = "/metadata/instance/compute/name?api-version=2021-02-01&format=text";
    private static final Map<String, String> HEADERS = Map.of("Metadata", "true");

    private final MetadataTransport transport;
    private final Endpoint endpoint;

    AzureServer(MetadataTransport transport, Endpoint endpoint) {
        this.transport = transport;
        this.endpoint = endpoint;
    }

    /** Reads the document of events. */
    MetadataAnswer events(Duration total) throws InterruptedException {
        return transport.ask(MetadataRequest.get(endpoint, EVENTS, HEADERS, total));
    }

    /** Reads the name of this VM. */
    MetadataAnswer name(Duration total) throws InterruptedException {
        return transport.ask(MetadataRequest.get(endpoint, NAME, HEADERS, total));
    }

    /** Sends an approval. */
    MetadataAnswer approve(String json, Duration total) throws InterruptedException {
        return transport.ask(approval(json, total));
    }

    private MetadataRequest approval(String json, Duration total) {
        return new MetadataRequest(MetadataRequest.Method.POST, endpoint, EVENTS,
                Map.of("Metadata", "true", "Content-Type", "application/json"), json, total, true);
    }

    MetadataProblem explainEvents(MetadataAnswer answer) {
        return explain(MetadataRequest.get(endpoint, EVENTS, HEADERS, Duration.ZERO), answer);
    }

    MetadataProblem explainName(MetadataAnswer answer) {
        return explain(MetadataRequest.get(endpoint, NAME, HEADERS, Duration.ZERO), answer);
    }

    MetadataProblem explainApproval(MetadataAnswer answer) {
        return explain(approval("", Duration.ZERO), answer);
    }

    private static MetadataProblem explain(MetadataRequest request, MetadataAnswer answer) {
        MetadataProblem plain = Explainer.PLAIN.explain(request, answer);
        if (!(answer instanceof MetadataAnswer.Response response)) {
            return plain;
        }
        return switch (response.status()) {
            case 400 -> Explainer.hint(plain, "the Metadata header was lost on the way, or the api-version is refused");
            case 404 ->
                Explainer.hint(plain, "no Scheduled Events here: not Azure, or something else answers 169.254.169.254");
            case 410, 429, 500 -> Explainer.hint(plain, "it throttles, or is being updated");
            default -> plain;
        };
    }
}
