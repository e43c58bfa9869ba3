// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.ScriptTimeFormat;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Value;
import io.netty.handler.codec.http.HttpResponseStatus;
import tools.jackson.databind.JsonNode;

/**
 * The metadata server of Google Cloud. Contract: Compute Engine documentation, "About VM metadata", "View and query VM
 * metadata" and its section on waiting for changes.
 */
public final class GceMetadata implements MetadataApi {

    private static final Pattern V1 = Pattern.compile("/computeMetadata/v1(?:/(.*))?");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
    private static final Pattern DASH = Pattern.compile("-([a-z0-9])");
    /** What the metadata server of GKE shows to an ordinary pod; documentation of Workload Identity Federation for GKE. */
    private static final Pattern SEEN_ON_GKE = Pattern
            .compile("project(/.*)?|universe(/.*)?|instance/service-accounts(/.*)?"
                    + "|instance/(id|hostname|zone)|instance/attributes/cluster-(name|location|uid)");

    /** What a path holds at this moment, and the tag that changes when it does. */
    private record Representation(String contentType, String body, String etag) {}

    private final SimulatedCloud.Gcp options;
    private final MetadataTree tree;
    private final GceAccount account;

    public GceMetadata(SimulatedCloud.Gcp options, MetadataTree tree, SimulatorClock clock) {
        this.options = options;
        this.tree = tree;
        this.account = new GceAccount(clock);
    }

    @Override
    public Reply handle(Request request, List<Effect> effects) {
        if (!request.isRead()) {
            return error(405);
        }
        if (request.header("X-Forwarded-For").isPresent()) {
            return error(403);
        }
        if (request.path().equals("/")) {
            return answer("application/text", "0.1/\ncomputeMetadata/\n");
        }
        if (request.path().matches("/computeMetadata/?")) {
            return answer("application/text", "v1/\n");
        }
        if (!request.header("Metadata-Flavor").map("Google"::equalsIgnoreCase).orElse(false)) {
            return error(403);
        }
        Matcher v1 = V1.matcher(request.path());
        return v1.matches() ? read(request, Optional.ofNullable(v1.group(1)).orElse("")) : error(404);
    }

    private Reply read(Request request, String path) {
        String key = path.replaceAll("^/+|/+$", "");
        if (options.view() == SimulatedCloud.Gcp.View.GKE && !SEEN_ON_GKE.matcher(key).matches()) {
            return error(404);
        }
        if (tree.value(key).isPresent()) {
            boolean json = request.parameter("alt").map("json"::equals).orElse(false);
            return representation(request, () -> leaf(key, json));
        }
        Optional<String> credential = account.answer(key, request.parameter("audience"));
        if (credential.isPresent()) {
            return answer(credential.get().startsWith("{") ? "application/json" : "text/html", credential.get());
        }
        if (tree.below(key).isEmpty()) {
            return error(404);
        }
        if (request.parameter("recursive").map("true"::equalsIgnoreCase).orElse(false)) {
            boolean text = request.parameter("alt").map("text"::equals).orElse(false);
            return representation(request, () -> text ? lines(key) : nested(key));
        }
        if (request.parameter("alt").isPresent() || waits(request)) {
            return error(400);
        }
        if (!path.isEmpty() && !path.endsWith("/")) {
            return error(301).with("Location", "/computeMetadata/v1/" + key + "/");
        }
        return representation(request, () -> listing(key));
    }

    private static boolean waits(Request request) {
        return request.parameter("wait_for_change").map("true"::equalsIgnoreCase).orElse(false);
    }

    /** The answer now, or the wait for a change: of the value from now on, or from the one that the client knows. */
    private Reply representation(Request request, Supplier<Optional<Representation>> source) {
        Optional<Representation> now = source.get();
        if (now.isEmpty() || !waits(request)) {
            return answerOf(now);
        }
        Optional<String> timeout = request.parameter("timeout_sec");
        if (timeout.isPresent() && !SECONDS.matcher(timeout.get()).matches()) {
            return error(400);
        }
        String known = request.parameter("last_etag").orElse(now.get().etag());
        Duration bound = timeout.map(Long::parseLong).map(Duration::ofSeconds).orElse(Fault.FOREVER);
        if (!known.equals(now.get().etag()) || bound.isZero()) {
            return answerOf(now);
        }
        return new Reply.Waiting(new Reply.Hang() {
            @Override
            public Optional<Reply.Answer> changed() {
                Optional<Representation> present = source.get();
                return present.map(Representation::etag).filter(known::equals).isPresent()
                        ? Optional.empty()
                        : Optional.of(answerOf(present));
            }

            @Override
            public Reply.Answer current() {
                return answerOf(source.get());
            }

            @Override
            public Duration timeout() {
                return bound;
            }
        });
    }

    private Reply.Answer answerOf(Optional<Representation> found) {
        return found.map(present -> answer(present.contentType(), present.body()).with("ETag", present.etag()))
                .orElseGet(() -> error(404));
    }

    private Optional<Representation> leaf(String key, boolean json) {
        Optional<JsonNode> value = tree.json(key);
        Optional<String> text = tree.text(key);
        if (value.isEmpty() || text.isEmpty()) {
            return Optional.empty();
        }
        String etag = etag(text.get());
        return Optional.of(json || value.get().isContainer()
                ? new Representation("application/json", value.get().toString(), etag)
                : new Representation("application/text", text.get(), etag));
    }

    private Optional<Representation> nested(String directory) {
        return tree.nested(directory, GceMetadata::camelCase)
                .map(JsonNode::toString)
                .map(body -> new Representation("application/json", body, etag(body)));
    }

    private Optional<Representation> lines(String directory) {
        StringBuilder lines = new StringBuilder();
        tree.below(directory)
                .forEach((name, key) -> tree.text(key)
                        .ifPresent(text -> lines.append(name).append(' ').append(text).append('\n')));
        return Optional.of(lines.toString())
                .filter(body -> !body.isEmpty())
                .map(body -> new Representation("application/text", body, etag(body)));
    }

    private Optional<Representation> listing(String directory) {
        TreeSet<String> names = new TreeSet<>();
        for (String name : tree.below(directory).keySet()) {
            int slash = name.indexOf('/');
            names.add((slash < 0 ? name : name.substring(0, slash + 1)) + "\n");
        }
        String body = String.join("", names);
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(new Representation("application/text", body, etag(body)));
    }

    private static String camelCase(String name) {
        return DASH.matcher(name).replaceAll(dash -> dash.group(1).toUpperCase(Locale.ROOT));
    }

    /** Depends on the content only, as the real one does: it reverts when the value reverts. FNV-1a, 64 bits. */
    private static String etag(String content) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : content.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return "%016x".formatted(hash);
    }

    private static Reply.Answer answer(String contentType, String body) {
        return new Reply.Answer(200, headers(contentType), body);
    }

    private static Map<String, String> headers(String contentType) {
        return Map.of("Content-Type", contentType, "Metadata-Flavor", "Google", "Server", "Metadata Server for VM",
                "X-Frame-Options", "SAMEORIGIN", "X-XSS-Protection", "0");
    }

    @Override
    public Reply.Answer error(int status) {
        String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
        return new Reply.Answer(status, headers("text/html; charset=UTF-8"), """
                <!DOCTYPE html>
                <html lang=en>
                  <title>Error %d (%s)!!1</title>
                  <p><b>%d.</b> <ins>%s</ins>
                """.formatted(status, reason, status, explanation(status, reason)));
    }

    private static String explanation(int status, String reason) {
        return switch (status) {
            case 403 -> "Your client does not have permission: the header Metadata-Flavor:Google is missing,"
                    + " or X-Forwarded-For is there.";
            case 404 -> "The requested URL was not found on this server.";
            default -> reason;
        };
    }

    /** How Google writes what a script leaves open. */
    public static final class Words implements MetadataTree.Spelling {
        @Override
        public ScriptTimeFormat timeFormat(String key) {
            return ScriptTimeFormat.ISO;
        }

        @Override
        public String truth(boolean value) {
            return value ? "TRUE" : "FALSE";
        }
    }

    /** A Spot VM with a GPU. */
    public static Map<String, Value> facts() {
        Map<String, Value> facts = new LinkedHashMap<>();
        String number = "123456789012";
        facts.put("instance/id", new Value.Whole(4520031799277581759L));
        facts.put("instance/name", new Value.Text("gpu-spot-0"));
        facts.put("instance/hostname", new Value.Text("gpu-spot-0.us-central1-a.c.lastcall-simulated.internal"));
        facts.put("instance/zone", new Value.Text("projects/" + number + "/zones/us-central1-a"));
        facts.put("instance/machine-type", new Value.Text("projects/" + number + "/machineTypes/g2-standard-8"));
        facts.put("instance/preempted", new Value.Bool(false));
        facts.put("instance/maintenance-event", new Value.Text("NONE"));
        facts.put("instance/scheduling/automatic-restart", new Value.Bool(false));
        facts.put("instance/scheduling/on-host-maintenance", new Value.Text("TERMINATE"));
        facts.put("instance/scheduling/preemptible", new Value.Bool(true));
        facts.put("instance/attributes/cluster-name", new Value.Text("simulated"));
        facts.put("instance/attributes/cluster-location", new Value.Text("us-central1"));
        for (String name : List.of("default", GceAccount.EMAIL)) {
            facts.put("instance/service-accounts/" + name + "/email", new Value.Text(GceAccount.EMAIL));
            facts.put("instance/service-accounts/" + name + "/aliases", new Value.Text("default"));
            facts.put("instance/service-accounts/" + name + "/scopes",
                    new Value.Text("https://www.googleapis.com/auth/cloud-platform"));
        }
        facts.put("project/project-id", new Value.Text("lastcall-simulated"));
        facts.put("project/numeric-project-id", new Value.Whole(123456789012L));
        facts.put("universe/universe-domain", new Value.Text("googleapis.com"));
        return facts;
    }
}
