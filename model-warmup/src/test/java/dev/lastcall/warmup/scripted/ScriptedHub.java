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
import java.util.stream.Collectors;

/**
 * A Hugging Face hub with one model, {@code org/model}, on one {@link ScriptedStore}, and the cache that it points to on
 * another. Small files are served by the hub itself, large ones by signed addresses of the cache that can run out.
 */
public final class ScriptedHub implements ScriptedStore.Responder {

    /** The commit of main at first. */
    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private static final String API = "/api/models/org/model";

    private final ScriptedStore hub;
    private final ScriptedStore cache;
    private final Map<String, Map<String, File>> revisions = new ConcurrentHashMap<>();
    private final AtomicInteger signature = new AtomicInteger(1);
    private final Map<String, String> renamed = new ConcurrentHashMap<>();
    private volatile String main = COMMIT;
    private volatile String token = "";
    private volatile int pageSize = 1000;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record File(byte[] bytes, boolean isLarge, String digest) {}

    /** Answers on both. */
    public ScriptedHub(ScriptedStore hub, ScriptedStore cache) {
        this.hub = hub;
        this.cache = cache;
        revisions.put(COMMIT, new LinkedHashMap<>());
        hub.respond(this);
        cache.respond(request -> request.target().endsWith("?sig=" + signature.get())
                ? Optional.empty()
                : Optional.of(new Fault.Status(403, List.of(), "<Error><Code>AccessDenied</Code></Error>")));
    }

    /** Moves main to another commit, which begins with the same files; the former stays readable. */
    public ScriptedHub move(String commit) {
        Map<String, File> same = new LinkedHashMap<>(files());
        revisions.put(commit, new LinkedHashMap<>());
        main = commit;
        same.forEach((path, file) -> {
            if (file.isLarge()) {
                large(path, file.bytes());
            } else {
                small(path, file.bytes());
            }
        });
        return this;
    }

    private Map<String, File> files() {
        return revisions.getOrDefault(main, Map.of());
    }

    /** Lets only this token in. */
    public ScriptedHub token(String only) {
        token = only;
        return this;
    }

    /** Lists so many files at once. */
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
        files().put(path, new File(bytes, true, digest("SHA-256", bytes)));
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
        files().put(path, new File(bytes, false, digest));
        hub.put("/org/model/resolve/" + main + "/" + path,
                new ScriptedStore.Content(ScriptedStore.of(bytes), "\"" + digest + "\"",
                        List.of("X-Repo-Commit: " + main), true));
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
        String path = target.replaceFirst("\\?.*", "");
        String moved = renamed.containsKey(target) ? renamed.get(target) : renamed.get(path);
        if (moved != null) {
            return Optional.of(new Fault.Status(307, List.of("Location: " + moved), ""));
        }
        if (target.startsWith(API + "/revision/")) {
            return Optional.of(path.endsWith("/main") || path.endsWith("/refs%2Fpr%2F1")
                    ? new Fault.Status(200, List.of(), "{\"id\":\"org/model\",\"sha\":\"" + main + "\",\"siblings\":["
                            + files().keySet()
                                    .stream()
                                    .map(file -> "{\"rfilename\":\"" + file + "\"}")
                                    .collect(Collectors.joining(","))
                            + "]}")
                    : new Fault.Status(404, List.of("X-Error-Code: RevisionNotFound"), ""));
        }
        String commit = target.replaceFirst("^(?:" + API + "/tree|/org/model/resolve)/([0-9a-f]{40}).*", "$1");
        Map<String, File> files = revisions.get(commit);
        if (files == null) {
            return Optional.of(new Fault.Status(404, List.of("X-Error-Code: RepoNotFound"), ""));
        }
        if (target.startsWith(API)) {
            return Optional.of(tree(target, commit, files));
        }
        File file = files.get(target.substring(("/org/model/resolve/" + commit + "/").length()));
        if (file == null) {
            return Optional.of(new Fault.Status(404, List.of("X-Error-Code: EntryNotFound"), ""));
        }
        return file.isLarge() ? Optional.of(elsewhere(file, commit)) : Optional.empty();
    }

    private Fault.Status elsewhere(File file, String commit) {
        return new Fault.Status(302, List.of("X-Repo-Commit: " + commit, "X-Linked-Size: " + file.bytes().length,
                "X-Linked-Etag: \"" + file.digest() + "\"", "ETag: \"" + file.digest() + "\"",
                "Location: " + cache.address("/" + file.digest() + "?sig=" + signature.get())), "");
    }

    private Fault.Status tree(String target, String commit, Map<String, File> files) {
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
                        "Link: <" + hub.address(API + "/tree/" + commit + "?recursive=true&cursor=" + (from + pageSize))
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
