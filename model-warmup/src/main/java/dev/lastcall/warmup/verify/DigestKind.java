// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

/** The digests that stores offer, best first: what proves most comes before what proves less or costs more. */
public enum DigestKind {
    /** FIPS 180-4; Hugging Face's LFS object id, {@code SHA256SUMS}, {@code Repr-Digest}. */
    SHA256("sha256", 32, false),
    /** The id git gives a blob: SHA-1 over {@code "blob <size>\0"} and the bytes. */
    GIT_SHA1("git-sha1", 20, false),
    /** S3's own default; CRC-64/NVME. */
    CRC64NVME("crc64nvme", 8, true),
    /** Castagnoli; what Google Cloud Storage keeps for every object. */
    CRC32C("crc32c", 4, true),
    /** The CRC of zip and gzip. */
    CRC32("crc32", 4, true),
    /** RFC 1321; the ETag of a plain single upload to S3. */
    MD5("md5", 16, false);

    private final String label;
    private final int sizeBytes;
    private final boolean combinable;

    DigestKind(String label, int sizeBytes, boolean combinable) {
        this.label = label;
        this.sizeBytes = sizeBytes;
        this.combinable = combinable;
    }

    /** The name in manifests and messages. */
    public String label() {
        return label;
    }

    /** Length of the digest itself. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** Whether sums of parts can be combined in any order; the others need every byte in order. */
    public boolean isCombinable() {
        return combinable;
    }
}
