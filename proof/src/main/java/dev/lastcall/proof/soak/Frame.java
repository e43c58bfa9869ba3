// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A small frame of a WebSocket (RFC 6455, 5.2), of at most 125 bytes.
 *
 * @param opcode such as {@link #TEXT}
 * @param payload unmasked
 */
@SuppressWarnings("ArrayRecordComponent")
record Frame(int opcode, byte[] payload) {

    static final int TEXT = 1;
    static final int CLOSE = 8;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int MOST = 125;
    private static final byte[] MASK = {1, 2, 3, 4};

    static Frame read(InputStream in) throws IOException {
        int opcode = next(in) & 0xf;
        int second = next(in);
        int length = second & ~MASKED;
        if (length > MOST) {
            throw new IOException("a frame of more than " + MOST + " bytes");
        }
        byte[] mask = (second & MASKED) == 0 ? new byte[4] : in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        if (mask.length < 4 || payload.length < length) {
            throw new EOFException("the connection ended in a frame");
        }
        for (int i = 0; i < length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return new Frame(opcode, payload);
    }

    private static int next(InputStream in) throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("the connection ended");
        }
        return value;
    }

    /** The bytes; a client's are masked. */
    byte[] bytes(boolean masked) {
        int start = masked ? 6 : 2;
        byte[] bytes = new byte[start + payload.length];
        bytes[0] = (byte) (FINAL | opcode);
        bytes[1] = (byte) (payload.length | (masked ? MASKED : 0));
        if (masked) {
            System.arraycopy(MASK, 0, bytes, 2, 4);
        }
        for (int i = 0; i < payload.length; i++) {
            bytes[start + i] = (byte) (masked ? payload[i] ^ MASK[i % 4] : payload[i]);
        }
        return bytes;
    }

    /** The code of a close frame; 0 where there is none. */
    int closeCode() {
        return payload.length < 2 ? 0 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    }
}
