// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Hugging Face hub with one model, {@code org/model}, on one {@link ScriptedStore}, and the cache that it points to on
 * another. Small files are served by the hub itself, large ones by signed addresses of the cache that can run out.
 */
public final class ScriptedHub implements ScriptedStore.Responder {

    /** Where main stands. */
    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private static final String API = "/api/models/org/model";

    private final ScriptedStore hub;
    private final ScriptedStore cache;
    private final Map<String, File> files = new LinkedHashMap<>();
    private final AtomicInteger signature = new AtomicInteger(1);
    private final Map<String, String> renamed = new ConcurrentHashMap<>();
    private volatile String token = "";
    private volatile int pageSize = 1000;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record File(byte[] bytes, boolean isLarge, String digest) {}

    /** Answers on both. */
    public ScriptedHub(ScriptedStore hub, ScriptedStore cache) {
        this.hub = hub;
        this.cache = cache;
        hub.respond(this);
        cache.respond(request -> request.target().endsWith("?sig=" + signature.get())
                ? Optional.empty()
                : Optional.of(new Fault.Status(403, List.of(), "<Error><Code>AccessDenied</Code></Error>")));
    }

    /** Lets only this token in. */
    public ScriptedHub token(String only) {
        token = only;
        return this;
    }

    /** Tells so many files at once. */
    public ScriptedHub pageSize(int filesInPage) {
        pageSize = filesInPage;
        return this;
    }

    /** Lets all addresses of the cache run out. */
    public void expireAddresses() {
        signature.incrementAndGet();
    }

    /** Answers this path, relative to the model's API, with a redirect to that one. */
    public ScriptedHub redirect(String from, String to) {
        renamed.put(from, to);
        return this;
    }

    /** Holds a large file. */
    public ScriptedHub large(String path, byte[] bytes) {
        files.put(path, new File(bytes, true, digest("SHA-256", bytes)));
        cache.put("/" + digest("SHA-256", bytes), bytes, "another-tag");
        return this;
    }

    /** Holds a small file. */
    public ScriptedHub small(String path, byte[] bytes) {
        byte[] head = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] blob = new byte[head.length + bytes.length];
        System.arraycopy(head, 0, blob, 0, head.length);
        System.arraycopy(bytes, 0, blob, head.length, bytes.length);
        String digest = digest("SHA-1", blob);
        files.put(path, new File(bytes, false, digest));
        hub.put("/org/model/resolve/" + COMMIT + "/" + path,
                new ScriptedStore.Content(ScriptedStore.of(bytes), "\"" + digest + "\"",
                        List.of("X-Repo-Commit: " + COMMIT), true));
        return this;
    }

    /** The endpoint. */
    public URI endpoint() {
        return hub.address("");
    }

    @Override
    public Optional<Fault.Status> answer(ScriptedStore.Request request) {
        String target = request.target();
        if (!token.isEmpty() && !request.header("authorization").equals("Bearer " + token)) {
            return Optional.of(new Fault.Status(401,
                    List.of("X-Error-Code: GatedRepo", "X-Error-Message: Access is restricted"), ""));
        }
        String moved = renamed.get(target);
        if (moved != null) {
            return Optional.of(new Fault.Status(307, List.of("Location: " + moved), ""));
        }
        if (target.startsWith(API + "/revision/")) {
            return Optional.of(target.endsWith("/main") || target.endsWith("/refs%2Fpr%2F1")
                    ? new Fault.Status(200, List.of(), "{\"id\":\"org/model\",\"sha\":\"" + COMMIT + "\"}")
                    : new Fault.Status(404, List.of("X-Error-Code: RevisionNotFound"), ""));
        }
        if (target.startsWith(API + "/tree/" + COMMIT)) {
            return Optional.of(tree(target));
        }
        String resolve = "/org/model/resolve/" + COMMIT + "/";
        if (!target.startsWith(resolve)) {
            return Optional.of(new Fault.Status(404, List.of("X-Error-Code: RepoNotFound"), ""));
        }
        File file = files.get(target.substring(resolve.length()));
        if (file == null) {
            return Optional.of(new Fault.Status(404, List.of("X-Error-Code: EntryNotFound"), ""));
        }
        return file.isLarge() ? Optional.of(elsewhere(file)) : Optional.empty();
    }

    private Fault.Status elsewhere(File file) {
        return new Fault.Status(302, List.of("X-Repo-Commit: " + COMMIT, "X-Linked-Size: " + file.bytes().length,
                "X-Linked-Etag: \"" + file.digest() + "\"", "ETag: \"" + file.digest() + "\"",
                "Location: " + cache.address("/" + file.digest() + "?sig=" + signature.get())), "");
    }

    private Fault.Status tree(String target) {
        int from = target.contains("cursor=") ? Integer.parseInt(target.replaceFirst(".*cursor=", "")) : 0;
        StringBuilder json = new StringBuilder("[{\"type\":\"directory\",\"path\":\"sub\",\"size\":0,\"oid\":\"0\"}");
        files.entrySet().stream().skip(from).limit(pageSize).forEach(entry -> {
            File file = entry.getValue();
            int size = file.bytes().length;
            json.append(",{\"type\":\"file\",\"path\":\"" + entry.getKey() + "\",\"size\":" + size + ",\"oid\":\""
                    + (file.isLarge() ? "0".repeat(40) : file.digest()) + "\"");
            if (file.isLarge()) {
                json.append(",\"lfs\":{\"oid\":\"" + file.digest() + "\",\"size\":" + size + ",\"pointerSize\":134}");
            }
            json.append("}");
        });
        List<String> link = from + pageSize >= files.size()
                ? List.of()
                : List.of(
                        "Link: <" + hub.address(API + "/tree/" + COMMIT + "?recursive=true&cursor=" + (from + pageSize))
                                + ">; rel=\"next\"");
        return new Fault.Status(200, link, json.append("]").toString());
    }

    private static String digest(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
