// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.nio.ByteBuffer;

import dev.lastcall.warmup.failure.StoreProblem;

/**
 * Reads ranges of listed files, one after the other; keeps what can be kept open in between. Confined to one worker,
 * except {@link #abort()}.
 */
public interface RangeReader extends AutoCloseable {

    /**
     * Begins to read {@code length} bytes, at least one, from {@code offset}. When this returns, the store has agreed to
     * send exactly these bytes of exactly this version.
     */
    void open(RemoteFile file, long offset, long length) throws StoreException, InterruptedException;

    /**
     * Reads some of the range that was opened, never beyond it.
     *
     * @return at least one
     * @throws StoreException {@link StoreProblem#SHORT} if the store ends before the range does
     */
    int read(ByteBuffer destination) throws StoreException;

    /** Gives the range up, or ends it where all of it was read. */
    void finish();

    /** From any thread: makes the worker's current call fail soon. */
    void abort();

    @Override
    void close();
}
