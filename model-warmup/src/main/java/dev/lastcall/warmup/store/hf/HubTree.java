// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.http.PromisedDigests;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what the hub's API says of a revision and of its tree. */
final class HubTree {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern NEXT = Pattern.compile("<([^<>\\s]{1,4096})>\\s*;\\s*rel=\"?next\"?");

    private HubTree() {}

    /**
     * One file of the tree.
     *
     * @param sizeBytes empty where the answer does not tell it
     * @param digest that the hub keeps for it; empty where the answer does not tell it, or not in its form
     */
    record Entry(String path, OptionalLong sizeBytes, Optional<Digest> digest) {}

    /** @throws IllegalArgumentException if the answer names no commit */
    static String commit(String text) {
        try {
            String sha = JSON.readTree(text).path("sha").asString("");
            if (!COMMIT.matcher(sha).matches()) {
                throw new IllegalArgumentException("no commit in it");
            }
            return sha;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    /** @throws IllegalArgumentException if an entry lacks what the API documents */
    static List<Entry> entries(String text) {
        try {
            JsonNode document = JSON.readTree(text);
            if (!document.isArray()) {
                throw new IllegalArgumentException("not a JSON array");
            }
            List<Entry> entries = new ArrayList<>();
            for (JsonNode node : document) {
                if (node.path("type").asString("").equals("file")) {
                    entries.add(entry(node));
                }
            }
            return entries;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    /** Of a large file the SHA-256 and the size of the content stand under {@code lfs}; of a small one the blob's id at the top. */
    private static Entry entry(JsonNode node) {
        JsonNode lfs = node.path("lfs");
        JsonNode source = lfs.isObject() ? lfs : node;
        String path = node.path("path").asString("");
        OptionalLong size = size(source);
        if (path.isEmpty() || size.isEmpty()) {
            throw new IllegalArgumentException("a file without path or size");
        }
        String oid = source.path("oid").asString("").replaceFirst("^sha256:", "");
        return new Entry(path, size,
                PromisedDigests.ofHex(lfs.isObject() ? DigestKind.SHA256 : DigestKind.GIT_SHA1, oid));
    }

    private static OptionalLong size(JsonNode source) {
        long size = source.path("size").asLong(-1);
        return size < 0 || size > RemoteFile.MAX_SIZE_BYTES ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /**
     * The files that a revision names; sizes and digests only where it was asked for them and the server knows them.
     *
     * @throws IllegalArgumentException if it names none
     */
    static List<Entry> siblings(String text) {
        try {
            List<Entry> entries = new ArrayList<>();
            for (JsonNode node : JSON.readTree(text).path("siblings")) {
                JsonNode lfs = node.path("lfs");
                Optional<Digest> digest = lfs.isObject()
                        ? PromisedDigests.ofHex(DigestKind.SHA256, lfs.path("sha256").asString(""))
                        : PromisedDigests.ofHex(DigestKind.GIT_SHA1, node.path("blobId").asString(""));
                String path = node.path("rfilename").asString("");
                if (!path.isEmpty()) {
                    entries.add(new Entry(path, size(node), digest));
                }
            }
            if (entries.isEmpty()) {
                throw new IllegalArgumentException("no files in it");
            }
            return entries;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    /** The address of the next page (RFC 8288). */
    static Optional<String> nextPage(ResponseHead head) {
        for (String value : head.all("link")) {
            Matcher next = NEXT.matcher(value);
            if (next.find()) {
                return Optional.of(next.group(1));
            }
        }
        return Optional.empty();
    }
}
