// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/**
 * The digests of a whole object that the head of an answer promises, each by a field that is defined to hold one. A field
 * that speaks of the content of this answer counts only where that is the whole object; one that is not well formed is no
 * digest, and never a failure. An entity tag is none, whatever its shape.
 */
public final class PromisedDigests {

    /** By the part of the header's name after {@code x-amz-checksum-}. */
    private static final Map<String, DigestKind> S3 = Map.of("sha256", DigestKind.SHA256, "crc64nvme",
            DigestKind.CRC64NVME, "crc32c", DigestKind.CRC32C, "crc32", DigestKind.CRC32);

    private static final Pattern SHA256 = Pattern.compile("(?i)(?:^|,)\\s*sha-256=:?([A-Za-z0-9+/]{43}=):?");
    private static final Pattern OF_GOOGLE = Pattern.compile("(?i)(?:^|,)\\s*(crc32c|md5)=([A-Za-z0-9+/]+=*)");

    /** The entity tag of an object that was uploaded in parts. */
    private static final Pattern MULTIPART_TAG = Pattern.compile("\"?[0-9A-Za-z]+-\\d{1,5}\"?");

    private PromisedDigests() {}

    /** The digests, in no order. */
    public static List<Digest> of(ResponseHead head) {
        List<Digest> digests = new ArrayList<>();
        // RFC 9530 and RFC 3230: of the representation, also in answer to a range.
        sha256(head, "repr-digest").ifPresent(digests::add);
        sha256(head, "digest").ifPresent(digests::add);
        if (head.status() == 200 && head.field("content-range").isEmpty()) {
            // RFC 9530 and RFC 1864: of what this answer carries.
            sha256(head, "content-digest").ifPresent(digests::add);
            head.field("content-md5").flatMap(value -> ofBase64(DigestKind.MD5, value)).ifPresent(digests::add);
        }
        head.field("x-ms-blob-content-md5").flatMap(value -> ofBase64(DigestKind.MD5, value)).ifPresent(digests::add);
        head.field("x-checksum-sha256").flatMap(value -> ofHex(DigestKind.SHA256, value)).ifPresent(digests::add);
        if (ContentCoding.isPlain(head.field("x-goog-stored-content-encoding").orElse(""))) {
            head.all("x-goog-hash").forEach(value -> ofGoogle(value, digests));
        }
        S3.forEach((name, kind) -> head.field("x-amz-checksum-" + name)
                .filter(value -> isOfWhole(head, kind, value))
                .flatMap(value -> ofBase64(kind, value))
                .ifPresent(digests::add));
        return digests.stream().distinct().toList();
    }

    /** A value in base64, if it is one of that kind. */
    public static Optional<Digest> ofBase64(DigestKind kind, String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64.strip());
            return bytes.length == kind.sizeBytes() ? Optional.of(Digest.ofBytes(kind, bytes)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A value in hexadecimal, if it is one of that kind. */
    public static Optional<Digest> ofHex(DigestKind kind, String hex) {
        try {
            return Optional.of(new Digest(kind, hex.strip()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether a checksum of S3 is of the whole object ("Checking object integrity", Amazon S3 User Guide). A value without a
     * type beside the tag of an upload in parts can be of either; CRC-64/NVME is always of the whole.
     */
    private static boolean isOfWhole(ResponseHead head, DigestKind kind, String value) {
        if (value.indexOf('-') >= 0) {
            return false;
        }
        Optional<String> type = head.field("x-amz-checksum-type").map(text -> text.toUpperCase(Locale.ROOT));
        if (type.isPresent()) {
            return type.get().equals("FULL_OBJECT");
        }
        return kind == DigestKind.CRC64NVME
                || head.field("etag").filter(tag -> MULTIPART_TAG.matcher(tag).matches()).isEmpty();
    }

    private static Optional<Digest> sha256(ResponseHead head, String field) {
        for (String value : head.all(field)) {
            Matcher matcher = SHA256.matcher(value);
            if (matcher.find()) {
                return ofBase64(DigestKind.SHA256, matcher.group(1));
            }
        }
        return Optional.empty();
    }

    private static void ofGoogle(String value, List<Digest> digests) {
        Matcher matcher = OF_GOOGLE.matcher(value);
        while (matcher.find()) {
            DigestKind kind = matcher.group(1).equalsIgnoreCase("md5") ? DigestKind.MD5 : DigestKind.CRC32C;
            ofBase64(kind, matcher.group(2)).ifPresent(digests::add);
        }
    }
}
