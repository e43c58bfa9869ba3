// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.util.List;

import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;

/**
 * What was asked of a store, so that what came of it can be recognised while the store cannot be asked again.
 *
 * @param store a name made from {@link Store#identity()}; empty where it is not on record
 * @param include the patterns of the selection
 * @param exclude the same
 */
public record Asked(String store, List<String> include, List<String> exclude) {

    /** In the records of those who did not write it down; equal to no question. */
    static final Asked UNKNOWN = new Asked("", List.of(), List.of());

    private static final int DIGITS = 32;

    /** Copies. */
    public Asked {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /** These files of that store. */
    public static Asked of(Store store, Selection selection) {
        return new Asked(Versions.hash(store.identity(), DIGITS), selection.include(), selection.exclude());
    }
}
