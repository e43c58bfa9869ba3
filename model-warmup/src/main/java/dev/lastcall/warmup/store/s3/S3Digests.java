// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.verify.DigestKind;

/** Checksums of an upload in parts ("Checking object integrity", Amazon S3 User Guide): never those of the whole object. */
final class S3Digests {

    /** By the part of the header's name after {@code x-amz-checksum-}. */
    static final Map<String, DigestKind> KINDS = Map.of("sha256", DigestKind.SHA256, "crc64nvme", DigestKind.CRC64NVME,
            "crc32c", DigestKind.CRC32C, "crc32", DigestKind.CRC32);

    private S3Digests() {}

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
}
