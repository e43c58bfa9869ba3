// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;

/**
 * Follows a stream of server-sent events as it passes, to know whether it stands between two events, where one more can
 * be put in, and whether its {@code [DONE]} has gone by. Holds nothing back. Confined to the event loop.
 */
final class EventStreamWatch {

    private static final byte[] DONE = "data: [DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE_CLOSE = "data:[DONE]".getBytes(StandardCharsets.US_ASCII);
    /** Room for the longer of the two and the CR after it; a longer line is neither. */
    private static final int START_BYTES = DONE.length + 1;

    private final byte[] lineStart = new byte[START_BYTES];
    private int lineLength;
    private boolean insideEvent;
    private boolean doneLine;
    private boolean done;

    /** Whether everything so far is whole events. */
    boolean isBetweenEvents() {
        return lineLength == 0 && !insideEvent;
    }

    /** Whether the event that ends an OpenAI stream has gone by whole. */
    boolean isDone() {
        return done;
    }

    /** Notes the readable bytes, without taking them. */
    void pass(ByteBuf bytes) {
        pass(bytes, false);
    }

    /**
     * Notes the readable bytes up to the first end of an event.
     *
     * @return how many bytes that are; -1 if no event ends in them, and then all are noted
     */
    int passToEventEnd(ByteBuf bytes) {
        return pass(bytes, true);
    }

    private int pass(ByteBuf bytes, boolean stopAtEnd) {
        int start = bytes.readerIndex();
        int end = bytes.writerIndex();
        int at = start;
        while (at < end) {
            int newline = bytes.indexOf(at, end, (byte) '\n');
            noteLine(bytes, at, newline < 0 ? end : newline);
            if (newline < 0) {
                break;
            }
            endLine();
            at = newline + 1;
            if (stopAtEnd && isBetweenEvents()) {
                return at - start;
            }
        }
        return -1;
    }

    private void noteLine(ByteBuf bytes, int from, int to) {
        int room = START_BYTES - lineLength;
        if (room > 0 && to > from) {
            bytes.getBytes(from, lineStart, lineLength, Math.min(room, to - from));
        }
        // Only whether a line is longer than the start matters, so a long one cannot overflow the number.
        lineLength = Math.min(START_BYTES + 1, lineLength + Math.min(to - from, START_BYTES + 1));
    }

    private void endLine() {
        int length = lineLength;
        lineLength = 0;
        if (length > 0 && length <= START_BYTES && lineStart[length - 1] == '\r') {
            length--;
        }
        if (length == 0) {
            insideEvent = false;
            done |= doneLine;
            doneLine = false;
        } else {
            insideEvent = true;
            doneLine = isLine(DONE, length) || isLine(DONE_CLOSE, length);
        }
    }

    private boolean isLine(byte[] text, int length) {
        return length == text.length && Arrays.equals(lineStart, 0, length, text, 0, length);
    }
}
