// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Semaphore;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.warmup.text.SafeText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Leaves events on objects of the cluster, for people. The caller does not wait; an event that cannot be left is logged
 * and given up. Thread-safe.
 */
public final class ClusterEvents {

    /** Longest name that an event gets of its object's; the rest of it makes it unique. */
    private static final int MAX_NAME = 200;

    /** Longest message that the API server takes. */
    private static final int MAX_MESSAGE = 1024;

    /** Time in which an event is worth trying for. */
    private static final Duration WORTH = Duration.ofSeconds(30);

    /** Most events under way at a time; one more is given up. */
    private static final int MAX_UNDER_WAY = 16;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Logger log = LoggerFactory.getLogger(ClusterEvents.class);

    private final ApiCalls api;
    private final String node;
    private final NodeClock clock;
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);

    /** @param node this node's name, which the events are reported from */
    public ClusterEvents(ApiCalls api, String node, NodeClock clock) {
        this.api = api;
        this.node = node;
        this.clock = clock;
    }

    /**
     * What an event is about.
     *
     * @param kind of the object
     * @param namespace of it; empty for an object of the whole cluster, whose events are kept in {@code default}
     * @param name of it
     * @param uid of it
     */
    public record Subject(String kind, String namespace, String name, String uid) {

        /** A node, under the uid that the kubelet gives in its own events: its name. */
        public static Subject node(String name) {
            return new Subject("Node", "", name, name);
        }
    }

    /** How an event is shown. */
    public enum Type {
        /** For information. */
        NORMAL("Normal"),
        /** A person may need to act. */
        WARNING("Warning");

        private final String word;

        Type(String word) {
            this.word = word;
        }
    }

    /**
     * Leaves an event.
     *
     * @param reason one word in camel case, for machines
     * @param message for people; holds no secret
     */
    public void leave(Subject subject, Type type, String reason, String message) {
        Call call = Call.create("/api/v1/namespaces/" + home(subject) + "/events",
                event(subject, type, reason, message));
        if (!underWay.tryAcquire()) {
            log.atWarn().addKeyValue("reason", reason).log("an event was given up: too many are under way");
            return;
        }
        Thread.ofVirtual().name("kubernetes event").start(() -> {
            try {
                ApiReply reply = ApiRetry.eager(clock).call(() -> api.call(call), WORTH);
                if (!reply.isOk()) {
                    log.atInfo().addKeyValue("reason", reply.problem()).log("an event could not be left");
                }
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            } finally {
                underWay.release();
            }
        });
    }

    private static String home(Subject subject) {
        return subject.namespace().isEmpty() ? "default" : subject.namespace();
    }

    private ObjectNode event(Subject subject, Type type, String reason, String message) {
        String shown = SafeText.of(message);
        String now = clock.wallTime().truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode event = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Event");
        event.putObject("metadata")
                .put("name", subject.name().substring(0, Math.min(subject.name().length(), MAX_NAME)) + "."
                        + Long.toHexString(clock.wallTime().toEpochMilli()) + Long.toHexString(
                                clock.nanoTime() & 0xffff))
                .put("namespace", home(subject));
        ObjectNode about = event.putObject("involvedObject")
                .put("apiVersion", "v1")
                .put("kind", subject.kind())
                .put("name", subject.name())
                .put("uid", subject.uid());
        if (!subject.namespace().isEmpty()) {
            about.put("namespace", subject.namespace());
        }
        event.put("reason", reason)
                .put("message", shown.substring(0, Math.min(shown.length(), MAX_MESSAGE)))
                .put("type", type.word)
                .put("firstTimestamp", now)
                .put("lastTimestamp", now)
                .put("count", 1)
                .put("reportingComponent", "lastcall")
                .put("reportingInstance", node);
        event.putObject("source").put("component", "lastcall").put("host", node);
        return event;
    }
}
