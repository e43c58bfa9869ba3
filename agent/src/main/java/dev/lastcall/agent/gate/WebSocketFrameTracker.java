// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import io.netty.buffer.ByteBuf;

/**
 * Follows one direction of a WebSocket (RFC 6455, 5.2) as it passes, to know whether it is between two frames and
 * whether a close frame has gone by. Confined to the event loop.
 */
final class WebSocketFrameTracker {

    private static final int CLOSE = 0x8;
    private static final int MASK_BYTES = 4;

    private int headerBytes;
    private int lengthBytes;
    private int afterLength;
    private long announced;
    private long payloadLeft;
    private boolean closed;

    /** Whether everything so far is whole frames. */
    boolean isBetweenFrames() {
        return headerBytes == 0 && payloadLeft == 0;
    }

    /** Whether a close frame has begun to go by; no frame may follow it. */
    boolean isClosed() {
        return closed;
    }

    /** Notes the readable bytes, without taking them. */
    void pass(ByteBuf bytes) {
        pass(bytes, false);
    }

    /**
     * Notes the readable bytes up to the first end of a frame.
     *
     * @return how many bytes that are; -1 if no frame ends in them, and then all are noted
     */
    int passToFrameEnd(ByteBuf bytes) {
        return pass(bytes, true);
    }

    private int pass(ByteBuf bytes, boolean stopAtEnd) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (payloadLeft > 0) {
                long skipped = Math.min(payloadLeft, end - at);
                payloadLeft -= skipped;
                at += (int) skipped;
            } else {
                header(bytes.getByte(at++));
            }
            if (stopAtEnd && isBetweenFrames()) {
                return at - bytes.readerIndex();
            }
        }
        return -1;
    }

    private void header(byte value) {
        headerBytes++;
        if (headerBytes == 1) {
            closed |= (value & 0x0f) == CLOSE;
            return;
        }
        if (headerBytes == 2) {
            int length = value & 0x7f;
            lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
            announced = lengthBytes == 0 ? length : 0;
            afterLength = (value & 0x80) == 0 ? 0 : MASK_BYTES;
        } else if (lengthBytes > 0) {
            announced = (announced << 8 | (value & 0xff)) & Long.MAX_VALUE;
            lengthBytes--;
        } else {
            afterLength--;
        }
        if (lengthBytes == 0 && afterLength == 0) {
            headerBytes = 0;
            payloadLeft = announced;
            announced = 0;
        }
    }
}
