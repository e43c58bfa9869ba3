// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open byte stream to a peer, plain or encrypted. One thread reads, writes and closes; any thread may abort. */
interface Transport extends AutoCloseable {

    /** Blocks for at least one byte; -1 when the peer has ended the stream. */
    int read(ByteBuffer destination) throws IOException;

    /** Writes all of the source. */
    void write(ByteBuffer source) throws IOException;

    /** From any thread: wakes a blocked read with an {@link IOException}, and lets nothing pass any more. Never throws. */
    void abort();

    /** Closes at once and gives back what it holds. Never throws, may be called again. */
    @Override
    void close();
}
