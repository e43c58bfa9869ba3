// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** A body in its HTTP/1.1 framing: chunked, of an announced length, or up to the end of the connection (RFC 9112, 6.3). */
final class FramedBody extends InputStream {

    private static final long UNTIL_CLOSE = -1;

    private final LoadConnection connection;
    private final boolean chunked;
    /** Bytes left of the body, or of the chunk. */
    private long left;
    private boolean ended;
    private boolean chunkBegun;

    FramedBody(LoadConnection connection, LoadResponseHead head) {
        this.connection = connection;
        this.chunked = head.isChunked();
        this.left = chunked ? 0 : head.contentLength();
        this.ended = left == 0 && !chunked;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!ended && chunked && left == 0) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int wanted = left == UNTIL_CLOSE ? length : (int) Math.min(length, left);
        int got = connection.read(target, offset, wanted);
        if (got < 0) {
            if (left != UNTIL_CLOSE) {
                throw new BrokenOffException(false);
            }
            ended = true;
            return -1;
        }
        if (left != UNTIL_CLOSE) {
            left -= got;
            ended = !chunked && left == 0;
        }
        return got;
    }

    private void nextChunk() throws IOException {
        if (chunkBegun && !connection.readLine(false).isEmpty()) {
            throw new ProtocolException("a chunk is longer than it said");
        }
        chunkBegun = true;
        String size = connection.readLine(false).replaceFirst(";.*", "").trim();
        if (!size.matches("[0-9a-fA-F]{1,8}")) {
            throw new ProtocolException("not a chunk's size: " + size);
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
            String trailer = connection.readLine(false);
            while (!trailer.isEmpty()) {
                trailer = connection.readLine(false);
            }
            ended = true;
        }
    }
}
