// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.gcs;

import java.util.ArrayList;
import java.util.List;

import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.http.ContentCoding;
import dev.lastcall.warmup.store.http.PromisedDigests;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One page of {@code objects.list} of the JSON API.
 *
 * @param nextToken for the next page; empty on the last
 */
record GcsPage(List<GcsObject> objects, String nextToken) {

    /** What is asked for of each object. */
    static final String FIELDS = "size,name,generation,crc32c,md5Hash,contentEncoding";

    /**
     * One object.
     *
     * @param isCompressed whether it is stored with a Content-Encoding, so that ranges of it would be of something else
     */
    record GcsObject(String name, long sizeBytes, long generation, List<Digest> digests, boolean isCompressed) {

        boolean isFolderMarker() {
            return name.endsWith("/");
        }
    }

    /** @throws IllegalArgumentException if it is not what the API documents */
    static GcsPage parse(String text) {
        try {
            JsonNode document = GcsAnswers.JSON.readTree(text);
            if (!document.isObject()) {
                throw new IllegalArgumentException("not a JSON object");
            }
            List<GcsObject> objects = new ArrayList<>();
            for (JsonNode item : document.path("items")) {
                objects.add(object(item));
            }
            return new GcsPage(List.copyOf(objects), document.path("nextPageToken").asString(""));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    /** @throws IllegalArgumentException if name, size or generation are missing or impossible */
    static GcsObject object(JsonNode item) {
        String name = item.path("name").asString("");
        String size = item.path("size").asString("");
        String generation = item.path("generation").asString("");
        if (name.isEmpty() || !size.matches("\\d{1,15}") || !generation.matches("\\d{1,18}")) {
            throw new IllegalArgumentException("an object without name, size or generation");
        }
        if (Long.parseLong(size) > RemoteFile.MAX_SIZE_BYTES) {
            throw new IllegalArgumentException("an object of " + size + " bytes");
        }
        List<Digest> digests = new ArrayList<>();
        PromisedDigests.ofBase64(DigestKind.CRC32C, item.path("crc32c").asString("")).ifPresent(digests::add);
        PromisedDigests.ofBase64(DigestKind.MD5, item.path("md5Hash").asString("")).ifPresent(digests::add);
        String encoding = item.path("contentEncoding").asString("");
        boolean isCompressed = !ContentCoding.isPlain(encoding);
        return new GcsObject(name, Long.parseLong(size), Long.parseLong(generation), digests, isCompressed);
    }
}
