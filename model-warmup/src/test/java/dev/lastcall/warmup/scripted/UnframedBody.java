// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** A body without a length: in chunks of odd sizes with extensions and a trailer, or as it is until the connection ends. */
record UnframedBody(boolean isChunked, AtomicLong bytesServed) {

    private static final int CHUNK_BYTES = 1021;

    /** True if another response can follow on the connection. */
    boolean write(OutputStream out, ScriptedStore.Bytes bytes, long first, long length) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (long sent = 0; sent < length;) {
            int count = (int) Math.min(chunk.length, length - sent);
            bytes.copy(first + sent, chunk, Math.clamp(bytes.size() - first - sent, 0, count));
            if (isChunked) {
                line(out, Integer.toHexString(count) + ";odd=1");
            }
            out.write(chunk, 0, count);
            if (isChunked) {
                line(out, "");
            }
            bytesServed.addAndGet(count);
            sent += count;
        }
        if (isChunked) {
            line(out, "0");
            line(out, "X-Trailer: 1");
            line(out, "");
        }
        out.flush();
        return isChunked;
    }

    private static void line(OutputStream out, String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }
}
