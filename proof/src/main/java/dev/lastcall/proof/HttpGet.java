// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Looks that fail quietly: no answer is an answer too. Thread-safe. */
public final class HttpGet implements AutoCloseable {

    private static final Duration BOUND = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(BOUND)
            .build();

    /** The status, or 0 where there is no answer. */
    public int status(URI uri) {
        try {
            return client.send(request(uri), BodyHandlers.discarding()).statusCode();
        } catch (IOException noAnswer) {
            return 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** The body, or an empty JSON object where there is no answer. */
    public String body(URI uri) {
        try {
            return client.send(request(uri), BodyHandlers.ofString()).body();
        } catch (IOException noAnswer) {
            return "{}";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "{}";
        }
    }

    private static HttpRequest request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(BOUND).build();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
