// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.zip.CRC32C;

/** One bucket of Cloud Storage, {@code weights}, by the JSON API on a {@link ScriptedStore}. */
public final class ScriptedGcs implements ScriptedStore.Responder {

    private static final String OBJECTS = "/storage/v1/b/weights/o";

    private final ScriptedStore server;
    private final ConcurrentSkipListMap<String, GcsObject> objects = new ConcurrentSkipListMap<>();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private volatile int pageSize = 1000;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record GcsObject(byte[] bytes, long generation, String encoding) {}

    /** Answers on the server. */
    public ScriptedGcs(ScriptedStore server) {
        this.server = server;
        server.respond(this);
    }

    /** Lets this token in; without any, everybody is let in. */
    public ScriptedGcs token(String token) {
        tokens.add(token);
        return this;
    }

    /** Does not let this token in any more. */
    public void revoke(String token) {
        tokens.remove(token);
        tokens.add("of-no-client");
    }

    /** Lists so many objects at once. */
    public ScriptedGcs pageSize(int objectsInPage) {
        pageSize = objectsInPage;
        return this;
    }

    /** Holds this object in this generation. */
    public ScriptedGcs put(String name, byte[] bytes, long generation) {
        return put(name, bytes, generation, "");
    }

    /** Holds this object, stored with a Content-Encoding. */
    public ScriptedGcs put(String name, byte[] bytes, long generation, String encoding) {
        objects.put(name, new GcsObject(bytes, generation, encoding));
        ScriptedStore.Content content = new ScriptedStore.Content(ScriptedStore.of(bytes), "\"g" + generation + "\"",
                List.of("x-goog-generation: " + generation, "x-goog-hash: crc32c=" + crc(bytes)), true);
        server.put(path(name), content).put("/download" + path(name), content);
        return this;
    }

    /** The endpoint. */
    public URI endpoint() {
        return server.address("");
    }

    private static String path(String name) {
        return OBJECTS + "/"
                + URLEncoder.encode(name, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%7E", "~")
                        .replace("*",
                                "%2A");
    }

    @Override
    public Optional<Fault.Status> answer(ScriptedStore.Request request) {
        String authorization = request.header("authorization").replaceFirst("^Bearer ", "");
        if (!tokens.isEmpty() && !tokens.contains(authorization)) {
            return Optional.of(error(401, "authError", "Invalid Credentials"));
        }
        String path = request.target().replaceFirst("\\?.*", "").replaceFirst("^/download", "");
        Map<String, String> query = query(request.target());
        if (path.equals(OBJECTS)) {
            return Optional.of(page(query));
        }
        String name = path.startsWith(OBJECTS + "/") ? decode(path.substring(OBJECTS.length() + 1)) : "";
        GcsObject object = objects.get(name);
        if (object == null) {
            return Optional.of(error(404, "notFound", "No such object: weights/" + name));
        }
        String condition = query.getOrDefault("ifGenerationMatch", query.getOrDefault("generation", ""));
        if (!condition.isEmpty() && !condition.equals(Long.toString(object.generation()))) {
            return Optional.of(error(412, "conditionNotMet", "Precondition Failed"));
        }
        return "media".equals(query.get("alt"))
                ? Optional.empty()
                : Optional.of(new Fault.Status(200, List.of("Content-Type: application/json"), item(name, object)));
    }

    private Fault.Status page(Map<String, String> query) {
        String prefix = query.getOrDefault("prefix", "");
        String after = query.getOrDefault("pageToken", "");
        List<Map.Entry<String, GcsObject>> found = objects.entrySet()
                .stream()
                .filter(entry -> entry.getKey().startsWith(prefix) && entry.getKey().compareTo(after) > 0)
                .limit(pageSize + 1L)
                .toList();
        List<Map.Entry<String, GcsObject>> page = found.subList(0, Math.min(pageSize, found.size()));
        String items = String.join(",", page.stream().map(entry -> item(entry.getKey(), entry.getValue())).toList());
        String next = found.size() > pageSize ? ",\"nextPageToken\":\"" + page.getLast().getKey() + "\"" : "";
        return new Fault.Status(200, List.of("Content-Type: application/json"),
                "{\"kind\":\"storage#objects\",\"items\":[" + items + "]" + next + "}");
    }

    private static String item(String name, GcsObject object) {
        String encoding = object.encoding().isEmpty() ? "" : ",\"contentEncoding\":\"" + object.encoding() + "\"";
        return "{\"kind\":\"storage#object\",\"bucket\":\"weights\",\"name\":\""
                + name.replace("\\", "\\\\").replace("\"", "\\\"")
                + "\",\"size\":\"" + object.bytes().length + "\",\"generation\":\"" + object.generation()
                + "\",\"crc32c\":\""
                + crc(object.bytes()) + "\"" + encoding + "}";
    }

    private static String crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Base64.getEncoder().encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    /** An error as the JSON API words it. */
    public static Fault.Status error(int status, String reason, String message) {
        return new Fault.Status(status, List.of("Content-Type: application/json"), "{\"error\":{\"code\":" + status
                + ",\"message\":\"" + message + "\",\"errors\":[{\"reason\":\"" + reason + "\"}]}}");
    }

    private static Map<String, String> query(String target) {
        Map<String, String> query = new HashMap<>();
        int question = target.indexOf('?');
        for (String pair : question < 0 ? List.<String>of() : List.of(target.substring(question + 1).split("&", -1))) {
            int equals = pair.indexOf('=');
            query.put(equals < 0 ? pair : pair.substring(0, equals),
                    equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
        return query;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
