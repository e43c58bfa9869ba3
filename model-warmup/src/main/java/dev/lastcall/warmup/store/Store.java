// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.warmup.failure.StoreFamily;

/** One place that holds a model. Thread-safe. */
public interface Store extends AutoCloseable {

    /** The address, as in messages; without secrets. */
    String source();

    /**
     * Everything that decides what {@link #list} finds, but for the selection: the address and what is said of the store
     * beside it. May hold secrets; for comparing, never shown.
     */
    String identity();

    /** The folder of this machine that it reads; empty for a store elsewhere. */
    default Optional<Path> localFolder() {
        return Optional.empty();
    }

    /**
     * Lists the model. The names are checked by {@link FileNames} before this returns.
     *
     * @throws StoreException if it cannot be listed, or holds a name that is refused
     */
    Listing list(Selection selection) throws StoreException, InterruptedException;

    /**
     * Looks at one listed file again, after the store said that it has changed.
     *
     * @throws StoreException if it is gone or cannot be looked at
     */
    RemoteFile refresh(RemoteFile file) throws StoreException, InterruptedException;

    /** Its kind: what helps where it fails. */
    StoreFamily family();

    /** A reader for one worker. */
    RangeReader openReader();

    /** Ends what the store holds open. */
    @Override
    void close();
}
