// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** One step in playing an answer onto a connection. */
sealed interface WireStep {

    /** Nothing happens for so long. */
    record Pause(Duration time) implements WireStep {}

    /**
     * Bytes of the payload.
     *
     * @param bytesPerSecond the pace; 0: as fast as the client reads
     * @param last whether the answer is whole with it; what follows concerns the connection only
     */
    record Send(Payload payload, long from, long until, int bytesPerSecond, boolean last) implements WireStep {}

    /** The connection ends with a TCP reset. */
    record Reset() implements WireStep {}

    /** The connection is closed in good order. */
    record Close() implements WireStep {}

    /**
     * Bytes, followed by padding that is never held in memory.
     *
     * @param bytes not to be changed
     * @param padding how many bytes of padding
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and confined to one exchange
    record Payload(byte[] bytes, long padding) {

        private static final byte FILLER = ' ';

        long size() {
            return bytes.length + padding;
        }

        ByteBuf slice(long from, int length) {
            byte[] slice = new byte[length];
            for (int i = 0; i < length; i++) {
                long at = from + i;
                slice[i] = at < bytes.length ? bytes[(int) at] : FILLER;
            }
            return Unpooled.wrappedBuffer(slice);
        }
    }
}
