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

    /**
     * Whether two looks at the store saw the same version of the same file. A digest that vouches for the bytes decides;
     * only where there is none it is the validators' turn, since a name of a version can differ between two servers of one
     * site.
     */
    public boolean isSameVersionAs(RemoteFile other) {
        if (!path.equals(other.path) || sizeBytes != other.sizeBytes) {
            return false;
        }
        Optional<Digest> vouched = bestDigest();
        boolean comparable = vouched.isPresent()
                && other.digests.stream().anyMatch(digest -> digest.kind() == vouched.get().kind());
        return comparable ? other.digests.contains(vouched.get()) : validator.equals(other.validator);
    }

    /** The name of its version in a journal: the digest that vouches for it, else the validator. */
    public String version() {
        return bestDigest().map(Digest::toString).orElseGet(validator::text);
    }

    /** The same, where a digest vouches for it without the names that servers give to versions. */
    public RemoteFile pinnedByDigest() {
        return switch (validator) {
            case Validator.Tag tag when bestDigest().isPresent() -> with(new Validator.None());
            case Validator.Modified time when bestDigest().isPresent() -> with(new Validator.None());
            case Validator.Tag tag -> this;
            case Validator.Modified time -> this;
            case Validator.Generation generation -> this;
            case Validator.Pinned pinned -> this;
            case Validator.None none -> this;
        };
    }

    /** The same, with the digests of another look at the same version where this one found none. */
    public RemoteFile vouchedForAs(RemoteFile other) {
        return digests.isEmpty()
                ? new RemoteFile(path, sizeBytes, validator, other.digests, ranged, location)
                : this;
    }

    private RemoteFile with(Validator other) {
        return new RemoteFile(path, sizeBytes, other, digests, ranged, location);
    }
}
