// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.webhook;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.warmup.text.SafeText;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event in the JSON format of CloudEvents 1.0. Its id comes from its content, so that a receiver recognises one that it has
 * had already.
 *
 * @param id unique for its source
 * @param source this node
 * @param type what kind of thing has happened
 * @param time when, by the host's clock
 * @param data its content
 */
record CloudEvent(String id, String source, String type, Instant time, ObjectNode data) {

    static final String NOTICED = "dev.lastcall.noticed.v1";
    static final String DEADLINE_MOVED = "dev.lastcall.deadline-moved.v1";
    static final String WITHDRAWN = "dev.lastcall.withdrawn.v1";
    static final String DRAINED = "dev.lastcall.drained.v1";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The event of a transition of the board. */
    static CloudEvent of(String type, String node, Reclamation reclamation, NodeClock clock) {
        Instant deadline = clock.wallTime()
                .plus(reclamation.deadline().remaining(clock))
                .truncatedTo(ChronoUnit.SECONDS);
        ObjectNode data = JSON.createObjectNode()
                .put("node", node)
                .put("notice", reclamation.notice().key().toString())
                .put("said", SafeText.of(reclamation.notice().description()))
                .put("detectedAt", reclamation.detectedAt().toString())
                .put("deadline", deadline.toString());
        String id = type + "/" + reclamation.notice().key() + "/" + reclamation.detectedAt()
                + (type.equals(DEADLINE_MOVED) ? "/" + deadline : "");
        return new CloudEvent(id, "/lastcall/nodes/" + node, type, clock.wallTime(), data);
    }

    /** That a server's drain has ended. */
    static CloudEvent drained(String node, String server, String outcome, Instant detectedAt, NodeClock clock) {
        ObjectNode data = JSON.createObjectNode()
                .put("node", node)
                .put("server", server)
                .put("outcome", outcome)
                .put("detectedAt", detectedAt.toString());
        return new CloudEvent(DRAINED + "/" + server + "/" + detectedAt, "/lastcall/nodes/" + node, DRAINED,
                clock.wallTime(), data);
    }

    String json() {
        ObjectNode event = JSON.createObjectNode()
                .put("specversion", "1.0")
                .put("id", id)
                .put("source", source)
                .put("type", type)
                .put("time", time.toString())
                .put("datacontenttype", "application/json");
        event.set("data", data);
        return event.toString();
    }
}
