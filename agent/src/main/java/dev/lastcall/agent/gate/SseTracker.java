// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;

/**
 * Follows a stream of server-sent events as it passes, to know whether it is between two events, where one more can
 * be put in, and whether its API's end mark has gone by. Holds nothing back. Confined to the event loop.
 */
final class SseTracker {

    /** The lines that say, in an event of their API, that the stream is complete; each also without the space. */
    private static final byte[][] END_MARKS = lines("data: [DONE]", "event: message_stop", "event: response.completed",
            "event: response.incomplete", "event: response.failed");
    private static final byte[] NAME = "event:".getBytes(StandardCharsets.US_ASCII);

    /** Room for the longest of them and the CR after it; a longer line is none of them. */
    private static final int START_BYTES = Arrays.stream(END_MARKS).mapToInt(mark -> mark.length).max().orElse(0) + 1;

    private final byte[] lineStart = new byte[START_BYTES];
    private int lineLength;
    private boolean insideEvent;
    private boolean endMark;
    private boolean done;
    private boolean names;
    private boolean begun;

    /** Whether everything so far is whole events. */
    boolean isBetweenEvents() {
        return lineLength == 0 && !insideEvent;
    }

    /** Whether the event that ends a stream of its API has gone by whole. */
    boolean isDone() {
        return done;
    }

    /** Whether an event had a name, or none has begun. */
    boolean hasNames() {
        return names || !begun;
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
            // A line too long for a mark, with a first byte that is not a name's, is data: most of what passes.
            byte first = bytes.getByte(from);
            if (lineLength == 0 && to - from > START_BYTES && first != NAME[0]) {
                lineStart[0] = first;
            } else {
                bytes.getBytes(from, lineStart, lineLength, Math.min(room, to - from));
            }
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
            done |= endMark;
            endMark = false;
        } else {
            insideEvent = true;
            begun = true;
            names |= length >= NAME.length && lineStart[0] == NAME[0]
                    && Arrays.equals(lineStart, 0, NAME.length, NAME, 0, NAME.length);
            endMark |= length < START_BYTES && isEndMark(length);
        }
    }

    private boolean isEndMark(int length) {
        for (byte[] mark : END_MARKS) {
            if (length == mark.length && Arrays.equals(lineStart, 0, length, mark, 0, length)) {
                return true;
            }
        }
        return false;
    }

    private static byte[][] lines(String... marks) {
        return Arrays.stream(marks)
                .flatMap(mark -> Stream.of(mark, mark.replaceFirst(": ", ":")))
                .map(mark -> mark.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
    }
}
