// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;

import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.OrderedHash;
import org.jspecify.annotations.Nullable;

/**
 * Follows the unbroken beginning of a file while it grows and hashes it, from the page cache, so that little is left to do
 * when the last part arrives. Thread-safe; a step holds its lock, and so does a reset.
 */
final class TrailingHash {

    private @Nullable OrderedHash hash;
    private long hashed;

    /** Whether a step would have so much to do at least. */
    synchronized boolean isBehind(PartialFile partial, long bytes) {
        return partial.contiguousBytes() - hashed >= bytes;
    }

    /** How many bytes of the beginning need not be read again. */
    synchronized long hashedBytes() {
        return hashed;
    }

    /** Hashes what is there beyond what was hashed. */
    synchronized void advance(RemoteFile file, PartialFile partial) throws IOException {
        Digest expected = file.bestDigest().orElseThrow();
        OrderedHash current = hash;
        if (current == null) {
            current = OrderedHash.start(expected.kind(), file.sizeBytes());
            hash = current;
        }
        long to = partial.contiguousBytes();
        partial.read(hashed, to, current::update);
        hashed = to;
    }

    /** Hashes the rest and ends. */
    synchronized Digest finish(RemoteFile file, PartialFile partial) throws IOException {
        advance(file, partial);
        OrderedHash current = hash;
        reset();
        if (current == null) {
            throw new IllegalStateException("advance has started it");
        }
        return current.finish();
    }

    /** Forgets everything: the file starts over. */
    synchronized void reset() {
        hash = null;
        hashed = 0;
    }
}
