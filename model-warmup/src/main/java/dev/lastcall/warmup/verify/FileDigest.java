// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The digest of a file on disk, read from beginning to end. */
public final class FileDigest {

    private static final int BUFFER_BYTES = 512 << 10;

    private FileDigest() {}

    /** Reads the whole file; a symbolic link is refused. */
    public static Digest of(Path path, DigestKind kind) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            if (kind.isCombinable()) {
                PartSum sum = PartSum.forDigest(Optional.of(kind));
                while (channel.read(buffer.clear()) >= 0) {
                    sum.update(buffer.flip());
                }
                return Digest.ofCrc(kind, sum.value());
            }
            OrderedHash hash = OrderedHash.start(kind, channel.size());
            while (channel.read(buffer.clear()) >= 0) {
                hash.update(buffer.flip());
            }
            return hash.finish();
        }
    }
}
