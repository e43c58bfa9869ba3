// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** A body in its framing: chunked, of a length, or, for an answer without either, up to the end. */
final class Body extends InputStream {

    private static final long UNTIL_END = Long.MAX_VALUE;

    private final Wire wire;
    private final boolean chunked;
    private long left;
    private boolean begun;
    private boolean ended;

    Body(Wire wire, Wire.Head head) {
        this.wire = wire;
        chunked = head.field("transfer-encoding").equals("chunked");
        String length = head.field("content-length");
        left = chunked ? 0 : length.isEmpty() ? head.status() == 0 ? 0 : UNTIL_END : Long.parseLong(length);
        ended = !chunked && left == 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!ended && chunked && left == 0) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int got = wire.in().read(target, offset, (int) Math.min(length, left));
        if (got < 0 && left == UNTIL_END) {
            ended = true;
            return -1;
        }
        if (got < 0) {
            throw new EOFException("ended in a body");
        }
        if (left != UNTIL_END) {
            left -= got;
            ended = !chunked && left == 0;
        }
        return got;
    }

    private void nextChunk() throws IOException {
        if (begun && !wire.readLine().isEmpty()) {
            throw new ProtocolException("a chunk is longer than it says");
        }
        begun = true;
        String size = wire.readLine();
        if (!size.matches("[0-9a-fA-F]{1,7}")) {
            throw new ProtocolException("not a chunk's size: " + size);
        }
        left = Integer.parseInt(size, 16);
        if (left == 0) {
            while (!wire.readLine().isEmpty()) {
                // A trailer field says nothing here.
            }
            ended = true;
        }
    }
}
