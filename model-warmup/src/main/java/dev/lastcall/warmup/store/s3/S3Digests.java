// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import dev.lastcall.warmup.wire.ResponseHead;

/**
 * Which digests of the whole object the head of an answer offers ("Checking object integrity", Amazon S3 User Guide). An
 * algorithm that is not known here, and a value that is not well formed, are no digest; never a failure.
 */
final class S3Digests {

    /** By the part of the header's name after {@code x-amz-checksum-}. */
    static final Map<String, DigestKind> KINDS = Map.of("sha256", DigestKind.SHA256, "crc64nvme", DigestKind.CRC64NVME,
            "crc32c", DigestKind.CRC32C, "crc32", DigestKind.CRC32);

    private static final Pattern MD5_TAG = Pattern.compile("\"([0-9a-f]{32})\"");

    private S3Digests() {}

    static List<Digest> of(ResponseHead head) {
        List<Digest> digests = new ArrayList<>();
        KINDS.forEach((name, kind) -> head.field("x-amz-checksum-" + name)
                .filter(value -> !isComposite(head, value))
                .flatMap(value -> digest(kind, value))
                .ifPresent(digests::add));
        md5(head).ifPresent(digests::add);
        return digests;
    }

    /** A checksum of the checksums of the parts that an upload had: {@code value-N}. */
    record Composite(DigestKind kind, String base64, int parts) {}

    /** The composite checksum, if that is what the object has, of a kind whose parts can be combined. */
    static Optional<Composite> composite(ResponseHead head) {
        for (Map.Entry<String, DigestKind> entry : KINDS.entrySet()) {
            String value = head.field("x-amz-checksum-" + entry.getKey()).orElse("");
            int dash = value.lastIndexOf('-');
            if (entry.getValue().isCombinable() && dash > 0 && value.substring(dash + 1).matches("\\d{1,5}")) {
                return Optional.of(
                        new Composite(entry.getValue(), value.substring(0, dash),
                                Integer.parseInt(value.substring(dash + 1))));
            }
        }
        return Optional.empty();
    }

    private static boolean isComposite(ResponseHead head, String value) {
        return value.indexOf('-') >= 0
                || head.field("x-amz-checksum-type").filter(type -> type.equalsIgnoreCase("COMPOSITE")).isPresent();
    }

    static Optional<Digest> digest(DigestKind kind, String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64.strip());
            return bytes.length == kind.sizeBytes() ? Optional.of(Digest.ofBytes(kind, bytes)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The entity tag where it is an MD5: of a single upload, encrypted not at all or with S3's own keys. */
    private static Optional<Digest> md5(ResponseHead head) {
        String encryption = head.field("x-amz-server-side-encryption").orElse("AES256").toLowerCase(Locale.ROOT);
        boolean isPlain = encryption.equals("aes256")
                && head.field("x-amz-server-side-encryption-customer-algorithm").isEmpty();
        return head.field("etag")
                .map(MD5_TAG::matcher)
                .filter(tag -> isPlain && tag.matches())
                .map(tag -> new Digest(DigestKind.MD5, tag.group(1)));
    }
}
