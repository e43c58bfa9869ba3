// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import dev.lastcall.agent.server.Cutter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has a vLLM abort every request: {@code POST /abort_requests} with an empty object, which is there in its development
 * mode only and which its makers tell users not to turn on. So it is tried, and its absence is no failure: what then
 * ends the requests is the gate that closes their connections, or SIGTERM. Thread-safe.
 */
final class VllmAbort implements Cutter {

    private static final Logger log = LoggerFactory.getLogger(VllmAbort.class);

    private static final int MAX_BYTES = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final LocalHttp http;
    private final URI url;
    private final Map<String, String> headers;

    VllmAbort(LocalHttp http, URI server, Map<String, String> headers) {
        this.http = http;
        this.url = server.resolve("/abort_requests");
        this.headers = Map.copyOf(headers);
    }

    @Override
    public int cut(Duration bound) {
        return http.post(url, headers, "{}", MAX_BYTES, bound, this::understand);
    }

    private int understand(LocalHttp.Reply reply) {
        return switch (reply) {
            case LocalHttp.Reply.Answer answer when answer.isOk() -> aborted(answer.body());
            case LocalHttp.Reply.Answer answer -> unavailable("answered " + answer.status());
            case LocalHttp.Reply.Refused(String reason) -> unavailable(reason);
            case LocalHttp.Reply.Broken(String reason) -> unavailable(reason);
        };
    }

    private int unavailable(String why) {
        log.atInfo()
                .addKeyValue("url", url)
                .addKeyValue("reason", why)
                .log("the server has no abort call; what is left ends when its connections are closed or at SIGTERM");
        return UNKNOWN;
    }

    private static int aborted(String body) {
        try {
            return JSON.readTree(body).path("aborted").asInt(UNKNOWN);
        } catch (JacksonException e) {
            return UNKNOWN;
        }
    }
}
