// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/** Asks a server what its model is called; vLLM refuses requests that call it otherwise. */
final class ModelName {

    private static final int BOUND_SECONDS = 5;
    private static final String FALLBACK = "default";

    private final Vertx vertx;

    ModelName(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * The first model of the server at {@code upstream}; a fallback where it names none.
     *
     * @throws IllegalArgumentException if no server answers there
     */
    String of(URI upstream) {
        WebClient client = WebClient.create(vertx);
        try {
            HttpResponse<Buffer> answer = client.getAbs(upstream.resolve("/v1/models").toString())
                    .send()
                    .recover(cause -> Future.failedFuture(new IllegalArgumentException("--upstream " + upstream + ": "
                            + cause.getMessage() + "; is a completion server listening there?", cause)))
                    .await(BOUND_SECONDS, TimeUnit.SECONDS);
            String name = new ObjectMapper().readTree(answer.bodyAsString())
                    .path("data")
                    .path(0)
                    .path("id")
                    .asString("");
            return name.isEmpty() ? FALLBACK : name;
        } catch (JacksonException notJson) {
            return FALLBACK;
        } catch (TimeoutException late) {
            throw new IllegalArgumentException("--upstream " + upstream + ": no answer to GET /v1/models within "
                    + BOUND_SECONDS + " s", late);
        } finally {
            client.close();
        }
    }
}
