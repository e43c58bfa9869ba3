// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * The sum of one part while its bytes pass, one look at each: the CRC of the file's own digest where that is one, since the
 * parts' sums then give the file's, else CRC32C. The journal keeps it: after a reboot the bytes on disk are checked against
 * it. Not thread-safe.
 */
public final class PartSum {

    private final Checksum crc;

    private PartSum(Checksum crc) {
        this.crc = crc;
    }

    /** A sum for a file that will be checked against {@code kind}, if against any. */
    public static PartSum forDigest(Optional<DigestKind> kind) {
        return new PartSum(switch (kind.orElse(DigestKind.CRC32C)) {
            case CRC64NVME -> new Crc64Nvme();
            case CRC32 -> new CRC32();
            case SHA256, GIT_SHA1, MD5, CRC32C -> new CRC32C();
        });
    }

    /**
     * Makes ready what many threads will need at once: without, they hold each other up while the code is still cold. Takes up to
     * a tenth of a second, once in a process.
     */
    public static void rehearse(DigestKind kind) {
        Rehearsal.of(kind);
    }

    /** Starts a new part. */
    public void reset() {
        crc.reset();
    }

    /** Adds the bytes between position and limit; the buffer is left as it was. */
    public void update(ByteBuffer bytes) {
        crc.update(bytes.duplicate());
    }

    /** The sum so far. */
    public long value() {
        return crc.getValue();
    }
}
