// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.ScriptTimeFormat;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Value;
import io.netty.handler.codec.http.HttpResponseStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The instance metadata service of Azure with its scheduled events. Contract: Azure documentation, "Azure Metadata
 * Service: Scheduled Events for Linux VMs" and "Azure Instance Metadata Service".
 *
 * <p>The key {@code events} holds the array of events; the incarnation of the document grows each time that it changes.
 */
public final class AzureImds implements MetadataApi {

    private static final String EVENTS = "events";
    private static final Set<String> EVENT_VERSIONS = new TreeSet<>(Set.of("2017-03-01", "2017-08-01", "2017-11-01",
            "2019-01-01", "2019-04-01", "2019-08-01", "2020-07-01"));
    private static final Pattern VERSION = Pattern.compile("20\\d\\d-\\d\\d-\\d\\d");

    private final SimulatedCloud.Azure options;
    private final MetadataTree tree;
    private final SimulatorClock clock;
    private final JsonMapper json = JsonMapper.builder().build();
    private Optional<Duration> readyAt = Optional.empty();

    public AzureImds(SimulatedCloud.Azure options, MetadataTree tree, SimulatorClock clock) {
        this.options = options;
        this.tree = tree;
        this.clock = clock;
    }

    @Override
    public Reply handle(Request request, List<Effect> effects) {
        if (!request.header("Metadata").map("true"::equalsIgnoreCase).orElse(false)) {
            return bad("Bad request. Required metadata header not specified");
        }
        if (request.header("X-Forwarded-For").isPresent()) {
            return bad("Bad request. The request must not contain an X-Forwarded-For header");
        }
        String path = request.path().replaceAll("/+$", "");
        if (path.equals("/metadata/versions")) {
            return request.isRead() ? versions() : error(405);
        }
        if (path.equals("/metadata/scheduledevents")) {
            return events(request);
        }
        if (path.equals("/metadata/instance") || path.startsWith("/metadata/instance/")) {
            return request.isRead() ? instance(request, path.substring("/metadata/".length())) : error(405);
        }
        return error(404);
    }

    private Reply events(Request request) {
        if (!request.parameter("api-version").map(EVENT_VERSIONS::contains).orElse(false)) {
            return bad("Bad request. api-version is invalid or was not specified in the request. Versions: "
                    + String.join(", ", EVENT_VERSIONS));
        }
        if (request.method().equals("POST")) {
            return start(request.body());
        }
        if (!request.isRead()) {
            return error(405);
        }
        Duration ready = readyAt.orElseGet(() -> clock.position().plus(options.firstCall()));
        readyAt = Optional.of(ready);
        Duration wait = ready.minus(clock.position());
        return wait.isPositive() ? new Reply.Later(wait, this::document) : document();
    }

    private Reply.Answer document() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("DocumentIncarnation", 1 + tree.revision(EVENTS));
        document.set("Events", tree.json(EVENTS).orElseGet(JsonNodeFactory.instance::arrayNode));
        return answer("application/json; charset=utf-8", document.toString());
    }

    /** Approves events: they start at once. */
    private Reply start(String body) {
        Set<String> asked = new TreeSet<>();
        try {
            for (JsonNode start : json.readTree(body).path("StartRequests")) {
                asked.add(start.path("EventId").asString(""));
            }
        } catch (JacksonException e) {
            return bad("Bad request. The body is not JSON");
        }
        List<Value> events = tree.value(EVENTS)
                .filter(Value.Items.class::isInstance)
                .map(Value.Items.class::cast)
                .map(Value.Items::items)
                .orElse(List.of());
        List<Value> after = new ArrayList<>();
        for (Value event : events) {
            boolean starts = event instanceof Value.Fields fields
                    && fields.fields().get("EventId") instanceof Value.Text id && asked.remove(id.text());
            after.add(starts ? started((Value.Fields) event) : event);
        }
        if (!asked.isEmpty() || after.isEmpty()) {
            return bad("Bad request. No scheduled event with id " + String.join(", ", asked));
        }
        tree.replace(EVENTS, new Value.Items(after));
        return answer("application/json; charset=utf-8", "");
    }

    private static Value.Fields started(Value.Fields event) {
        Map<String, Value> fields = new LinkedHashMap<>(event.fields());
        fields.put("EventStatus", new Value.Text("Started"));
        fields.put("NotBefore", new Value.Text(""));
        return new Value.Fields(fields);
    }

    private Reply instance(Request request, String key) {
        if (!request.parameter("api-version").map(given -> VERSION.matcher(given).matches()).orElse(false)) {
            return bad("Bad request. api-version is invalid or was not specified in the request.");
        }
        boolean text = request.parameter("format").map("text"::equalsIgnoreCase).orElse(false);
        if (text) {
            return tree.text(key)
                    .<Reply>map(body -> answer("text/plain; charset=utf-8", body))
                    .orElseGet(() -> error(404));
        }
        return tree.json(key)
                .or(() -> tree.nested(key, UnaryOperator.identity()))
                .<Reply>map(body -> answer("application/json; charset=utf-8", body.toString()))
                .orElseGet(() -> error(404));
    }

    private Reply.Answer versions() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        EVENT_VERSIONS.forEach(body.putArray("apiVersions")::add);
        return answer("application/json; charset=utf-8", body.toString());
    }

    private static Reply.Answer answer(String contentType, String body) {
        return new Reply.Answer(200, headers(contentType), body);
    }

    private static Map<String, String> headers(String contentType) {
        return Map.of("Content-Type", contentType, "Server", "IMDS/150.870.65.1854");
    }

    private static Reply.Answer bad(String message) {
        return failure(400, message);
    }

    private static Reply.Answer failure(int status, String message) {
        return new Reply.Answer(status, headers("application/json; charset=utf-8"),
                JsonNodeFactory.instance.objectNode().put("error", message).toString());
    }

    @Override
    public Reply.Answer error(int status) {
        return failure(status, HttpResponseStatus.valueOf(status).reasonPhrase());
    }

    /** How Azure writes what a script leaves open. */
    public static final class Words implements MetadataTree.Spelling {
        @Override
        public ScriptTimeFormat timeFormat(String key) {
            return ScriptTimeFormat.RFC_1123;
        }

        @Override
        public String truth(boolean value) {
            return Boolean.toString(value);
        }
    }

    /** A Spot VM of a scale set. */
    public static Map<String, Value> facts() {
        Map<String, Value> facts = new LinkedHashMap<>();
        facts.put(EVENTS, Value.items());
        facts.put("instance/compute/name", new Value.Text("gpu-spot_0"));
        facts.put("instance/compute/vmId", new Value.Text("02aab8a4-74ef-476e-8182-f6d2ba4166a6"));
        facts.put("instance/compute/vmScaleSetName", new Value.Text("gpu-spot"));
        facts.put("instance/compute/vmSize", new Value.Text("Standard_NC24ads_A100_v4"));
        facts.put("instance/compute/location", new Value.Text("eastus"));
        facts.put("instance/compute/zone", new Value.Text("1"));
        facts.put("instance/compute/osType", new Value.Text("Linux"));
        facts.put("instance/compute/priority", new Value.Text("Spot"));
        facts.put("instance/compute/evictionPolicy", new Value.Text("Delete"));
        facts.put("instance/compute/resourceGroupName", new Value.Text("lastcall-simulated"));
        facts.put("instance/compute/subscriptionId", new Value.Text("00000000-0000-0000-0000-000000000000"));
        return facts;
    }
}
