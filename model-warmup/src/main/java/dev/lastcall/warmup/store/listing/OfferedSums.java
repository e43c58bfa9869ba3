// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.listing;

import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.verify.Digest;

/**
 * The {@code SHA256SUMS} of a folder, on the web or on a disk. Where the names of the files come from elsewhere it is an
 * offer, and anything else in its place costs the digests only.
 *
 * @param byName digests by the name of the file
 * @param note why there are none although the store answered; empty where that is plain
 */
public record OfferedSums(Map<String, Digest> byName, Optional<String> note) {

    /** Without any. */
    public static final OfferedSums NONE = new OfferedSums(Map.of(), Optional.empty());

    /** What was read. */
    public static OfferedSums read(Map<String, Digest> byName) {
        return new OfferedSums(byName, Optional.empty());
    }

    /** None, and why. */
    public static OfferedSums without(StoreException why) {
        return new OfferedSums(Map.of(), Optional.of("done without " + Sha256Sums.NAME + ": " + why.getMessage()));
    }

    /** The digest of this file; empty where it is not listed. */
    public Optional<Digest> of(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
