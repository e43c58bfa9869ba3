// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

import dev.lastcall.warmup.text.Amount;

/**
 * The body of one response, without its framing (RFC 9112, 6.3): of a length that the head says, in chunks, or up to the
 * end of the connection. Confined to its connection's worker.
 */
final class BodyReader {

    /** Where a body is. */
    private enum State {
        /** Of the {@link #left} bytes that the head promised, or of the chunk, some are to come. */
        DATA,
        /** A line with the size of a chunk is next. */
        CHUNK_SIZE,
        /** The line end behind a chunk is next. */
        CHUNK_END,
        /** Nothing but the end of the connection ends it. */
        UNTIL_CLOSE,
        /** All of it was read. */
        END
    }

    /** Size of a chunk with its extensions, or one line of a trailer. */
    private static final int MAX_LINE_BYTES = 8 * 1024;

    private static final int MAX_TRAILERS = 64;
    private static final int MAX_SIZE_DIGITS = 15;

    private final ByteBuffer buffered;
    private final OptionalLong length;
    private final boolean isChunked;
    private State state;
    private long left;

    /**
     * The body that the head announces.
     *
     * @param buffered what was received behind the head, ready to be read; refilled as needed
     * @throws WireException if the head says contradictory things of it
     */
    BodyReader(ResponseHead head, ByteBuffer buffered) throws WireException {
        this.buffered = buffered;
        // RFC 2616 knew "identity", which is no coding.
        List<String> codings = head.all("transfer-encoding")
                .stream()
                .filter(coding -> !coding.strip().equalsIgnoreCase("identity"))
                .toList();
        this.isChunked = !codings.isEmpty();
        this.length = isChunked ? OptionalLong.empty() : length(head);
        if (isChunked) {
            if (codings.size() != 1 || !codings.getFirst().strip().toLowerCase(Locale.ROOT).equals("chunked")) {
                throw new WireException("a transfer encoding other than chunked");
            }
            state = State.CHUNK_SIZE;
        } else if (length.isPresent()) {
            left = length.getAsLong();
            state = left == 0 ? State.END : State.DATA;
        } else {
            state = State.UNTIL_CLOSE;
        }
    }

    private static OptionalLong length(ResponseHead head) throws WireException {
        if (head.status() == 204 || head.status() == 304) {
            return OptionalLong.of(0);
        }
        List<String> lengths = head.all("content-length");
        if (lengths.isEmpty()) {
            return OptionalLong.empty();
        }
        String first = lengths.getFirst();
        if (lengths.stream().anyMatch(other -> !other.equals(first)) || !first.matches("\\d{1,18}")) {
            throw new WireException("a malformed Content-Length");
        }
        return OptionalLong.of(Long.parseLong(first));
    }

    /** What the head says of the length; empty where only the end of the body shows it. */
    OptionalLong length() {
        return length;
    }

    /** Whether all of it was read, to its end mark. */
    boolean isAtEnd() {
        return state == State.END;
    }

    /** Whether another response can follow on the connection. */
    boolean isDelimited() {
        return isChunked || length.isPresent();
    }

    /**
     * Reads some of it.
     *
     * @return bytes read, at least one while any are left and the destination has room; 0 at the end
     * @throws EOFException if the connection ends before the body does
     * @throws WireException if the chunks are malformed
     */
    int read(Transport over, ByteBuffer destination) throws IOException {
        if (!destination.hasRemaining()) {
            return 0;
        }
        skipFraming(over);
        return switch (state) {
            case END -> 0;
            case UNTIL_CLOSE -> {
                int count = some(over, destination);
                if (count < 0) {
                    state = State.END;
                }
                yield Math.max(count, 0);
            }
            case DATA, CHUNK_SIZE, CHUNK_END -> data(over, destination);
        };
    }

    /**
     * Whether the body ends here; waits for its end mark where it has one.
     *
     * @throws EOFException if the connection ends before the body does
     */
    boolean endsHere(Transport over) throws IOException {
        if (state == State.UNTIL_CLOSE) {
            return !buffered.hasRemaining() && !refill(over);
        }
        skipFraming(over);
        return state == State.END;
    }

    private int data(Transport over, ByteBuffer destination) throws IOException {
        int limit = destination.limit();
        if (destination.remaining() > left) {
            destination.limit(destination.position() + (int) left);
        }
        try {
            int count = some(over, destination);
            if (count < 0) {
                throw new EOFException(isChunked
                        ? "the body ended within a chunk"
                        : "the body ended " + Amount.of(left) + " early");
            }
            left -= count;
            if (left == 0) {
                state = isChunked ? State.CHUNK_END : State.END;
            }
            return count;
        } finally {
            destination.limit(limit);
        }
    }

    private int some(Transport over, ByteBuffer destination) throws IOException {
        if (!buffered.hasRemaining()) {
            return over.read(destination);
        }
        int count = Math.min(buffered.remaining(), destination.remaining());
        destination.put(buffered.slice(buffered.position(), count));
        buffered.position(buffered.position() + count);
        return count;
    }

    /** Reads on to the next byte of content, or to the end. */
    private void skipFraming(Transport over) throws IOException {
        if (state == State.CHUNK_END) {
            if (!line(over).isEmpty()) {
                throw new WireException("a chunk that is longer than its size");
            }
            state = State.CHUNK_SIZE;
        }
        if (state == State.CHUNK_SIZE) {
            left = size(line(over));
            state = State.DATA;
            if (left == 0) {
                skipTrailers(over);
                state = State.END;
            }
        }
    }

    private static long size(String line) throws WireException {
        int end = line.indexOf(';');
        String digits = (end < 0 ? line : line.substring(0, end)).strip();
        if (digits.isEmpty() || digits.length() > MAX_SIZE_DIGITS
                || !digits.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0)) {
            throw new WireException("a chunk without a usable size");
        }
        return Long.parseLong(digits, 16);
    }

    private void skipTrailers(Transport over) throws IOException {
        for (int lines = 0; lines <= MAX_TRAILERS; lines++) {
            if (line(over).isEmpty()) {
                return;
            }
        }
        throw new WireException("more than " + MAX_TRAILERS + " trailers");
    }

    private String line(Transport over) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() <= MAX_LINE_BYTES) {
            if (!buffered.hasRemaining() && !refill(over)) {
                throw new EOFException("the body ended between two chunks");
            }
            char c = (char) (buffered.get() & 0xff);
            if (c == '\n') {
                int last = line.length() - 1;
                return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
            }
            line.append(c);
        }
        throw new WireException("a line between chunks longer than " + Amount.of(MAX_LINE_BYTES));
    }

    /** False at the end of the connection. */
    private boolean refill(Transport over) throws IOException {
        buffered.clear();
        try {
            return over.read(buffered) >= 0;
        } finally {
            buffered.flip();
        }
    }

    /** The rest as text, as much of it as {@code maxBytes}; what comes before a break is all there is. */
    byte[] small(Transport over, int maxBytes) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(maxBytes);
        try {
            while (body.hasRemaining() && read(over, body) > 0) {
                // Until the end, or the limit.
            }
        } catch (EOFException | WireException e) {
            state = State.UNTIL_CLOSE;
        }
        byte[] bytes = new byte[body.flip().remaining()];
        body.get(bytes);
        return bytes;
    }
}
