// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

import dev.lastcall.agent.server.Cutter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server's own call that aborts all of its requests. Not every version has it, and vLLM has it in its development mode only;
 * where it is missing, the requests end when their connections are closed or at SIGTERM. Thread-safe.
 */
final class AbortCall implements Cutter {

    private static final Logger log = LoggerFactory.getLogger(AbortCall.class);

    private static final int MAX_BYTES = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final LocalHttp http;
    private final Access access;
    private final KindProfile.Abort call;

    AbortCall(LocalHttp http, Access access, KindProfile.Abort call) {
        this.http = http;
        this.access = access;
        this.call = call;
    }

    @Override
    public int cut(Duration bound) {
        List<String> paths = call.paths();
        for (String path : paths) {
            URI url = access.at(path);
            OptionalInt aborted = http.post(url, access.headers(), call.body(), MAX_BYTES,
                    bound.dividedBy(paths.size()), reply -> understand(url, reply));
            if (aborted.isPresent()) {
                return aborted.getAsInt();
            }
        }
        return UNKNOWN;
    }

    /** How many, as far as the server says; empty where it did not take the call. */
    private static OptionalInt understand(URI url, LocalHttp.Reply reply) {
        return switch (reply) {
            case LocalHttp.Reply.Answer answer when answer.isOk() -> OptionalInt.of(aborted(answer.body()));
            case LocalHttp.Reply.Answer answer -> unavailable(url, "answered " + answer.status());
            case LocalHttp.Reply.Refused(String reason) -> unavailable(url, reason);
            case LocalHttp.Reply.Broken(String reason) -> unavailable(url, reason);
        };
    }

    private static OptionalInt unavailable(URI url, String why) {
        log.atInfo()
                .addKeyValue("url", url)
                .addKeyValue("reason", why)
                .log("the server has no such abort call; what is left ends when its connections are closed or at SIGTERM");
        return OptionalInt.empty();
    }

    private static int aborted(String body) {
        try {
            return JSON.readTree(body).path("aborted").asInt(UNKNOWN);
        } catch (JacksonException notJson) {
            return UNKNOWN;
        }
    }
}
