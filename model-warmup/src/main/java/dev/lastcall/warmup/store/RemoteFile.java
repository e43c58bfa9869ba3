// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import dev.lastcall.warmup.verify.Digest;

/**
 * One file of a model as the store listed it.
 *
 * @param path relative name below the model, components separated by {@code /}
 * @param sizeBytes exact size
 * @param validator pins the version
 * @param digests what the store vouches for, best first
 * @param ranged whether the store serves ranges of it; if not it is one stream
 * @param location where the store finds it, in the store's own terms
 */
public record RemoteFile(String path, long sizeBytes, Validator validator, List<Digest> digests, boolean ranged,
        String location) {

    /** Larger than any object that a store holds (S3: 50 TB); a listing that says more is wrong. */
    public static final long MAX_SIZE_BYTES = 1L << 46;

    /** @throws IllegalArgumentException if the size is impossible */
    public RemoteFile {
        if (sizeBytes < 0 || sizeBytes > MAX_SIZE_BYTES) {
            throw new IllegalArgumentException(path + ": an impossible size, " + sizeBytes + " bytes");
        }
        digests = digests.stream().sorted(Comparator.comparing(Digest::kind)).toList();
    }

    /** The digest that proves most. */
    public Optional<Digest> bestDigest() {
        return digests.stream().findFirst();
    }

    /** Whether two looks at the store saw the same version of the same file. */
    public boolean isSameVersionAs(RemoteFile other) {
        return path.equals(other.path) && sizeBytes == other.sizeBytes && validator.equals(other.validator)
                && digests.equals(other.digests);
    }
}
