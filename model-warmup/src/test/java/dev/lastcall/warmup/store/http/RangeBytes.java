// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.nio.ByteBuffer;

import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;

/** What a reader gives of one range, all of it. */
public final class RangeBytes {

    private RangeBytes() {}

    public static byte[] read(RangeReader reader, RemoteFile file, long offset, int length) throws Exception {
        reader.open(file, offset, length);
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            reader.read(bytes);
        }
        reader.finish();
        return bytes.array();
    }
}
