// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;
import dev.lastcall.agent.server.RequestCounter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a gate that runs in another process, such as a pod's sidecar, from its status: exact while its door is closed. A
 * gate whose door is still open has not heard of the notice, and its zero means nothing. Thread-safe.
 */
public final class SidecarGate implements InFlightProbe, RequestCounter {

    private static final int MAX_BYTES = 256 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final LocalHttp http;
    private final URI status;
    private volatile Totals totals = Totals.UNKNOWN;

    /** @param status the gate's {@code /v1/status} */
    public SidecarGate(LocalHttp http, URI status) {
        this.http = http;
        this.status = status;
    }

    @Override
    public InFlight read(Duration bound) {
        return http.get(status, Map.of(), MAX_BYTES, bound, this::understand);
    }

    private InFlight understand(LocalHttp.Reply reply) {
        return switch (reply) {
            case LocalHttp.Reply.Refused(String reason) -> new InFlight.Unobservable(reason);
            case LocalHttp.Reply.Broken(String reason) -> new InFlight.Unclear(reason);
            case LocalHttp.Reply.Answer answer when !answer.isOk() || !answer.whole() -> new InFlight.Unclear(
                    "GET " + status + ": " + answer.status());
            case LocalHttp.Reply.Answer answer -> parse(answer.body());
        };
    }

    private InFlight parse(String body) {
        try {
            JsonNode server = JSON.readTree(body).path("servers").path(0);
            JsonNode inFlight = server.path("inFlight");
            JsonNode counts = server.path("counts");
            if (!inFlight.isIntegralNumber() || inFlight.asInt(-1) < 0) {
                return new InFlight.Unclear("the gate does not say how many are in flight");
            }
            if (counts.path("admitted").isIntegralNumber()) {
                totals = new Totals(counts.path("admitted").asLong(0), counts.path("completed").asLong(0),
                        counts.path("refused").asLong(0), counts.path("cut").asLong(0), counts.path("lost").asLong(0));
            }
            return server.path("doorOpen").asBoolean(true)
                    ? new InFlight.Unclear("the gate's door is open")
                    : new InFlight.Exact(inFlight.asInt(0));
        } catch (JacksonException notJson) {
            return new InFlight.Unclear("the gate's status is not JSON");
        }
    }

    @Override
    public Totals totals() {
        return totals;
    }
}
