// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * The sums of one part while its bytes pass: always CRC32C, which the processor computes for next to nothing and the
 * journal keeps, and the CRC of the file's own digest where that is another one. Not thread-safe.
 */
public final class PartSum {

    private final CRC32C crc32c = new CRC32C();
    private final Checksum whole;

    private PartSum(Checksum whole) {
        this.whole = whole;
    }

    /** Sums for a file that will be checked against {@code kind}, if against any. */
    public static PartSum forDigest(Optional<DigestKind> kind) {
        CRC32C none = new CRC32C();
        return new PartSum(kind.map(k -> switch (k) {
            case CRC64NVME -> new Crc64Nvme();
            case CRC32 -> new CRC32();
            case SHA256, GIT_SHA1, MD5, CRC32C -> none;
        }).orElse(none));
    }

    /** Starts a new part. */
    public void reset() {
        crc32c.reset();
        whole.reset();
    }

    /** Adds the bytes between position and limit; the buffer is left as it was. */
    public void update(ByteBuffer bytes) {
        crc32c.update(bytes.duplicate());
        if (!(whole instanceof CRC32C)) {
            whole.update(bytes.duplicate());
        }
    }

    /** The sums so far. */
    public Value value() {
        return new Value(crc32c.getValue(), whole instanceof CRC32C ? crc32c.getValue() : whole.getValue());
    }

    /**
     * The sums of a part.
     *
     * @param crc32c for the journal: what the bytes on disk are checked against after a reboot
     * @param whole the part's share of the file's digest where that is a CRC; else again the CRC32C
     */
    public record Value(long crc32c, long whole) {}
}
