// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.nio.ByteBuffer;

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
