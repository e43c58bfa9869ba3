// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.wire;

import java.io.ByteArrayOutputStream;

/** Takes the framing of chunks (RFC 9112, 7.1) out of a small body that was read raw. */
final class Chunks {

    private Chunks() {}

    /** The content, as far as the chunks go; the body itself where it has no such framing. */
    static byte[] unwrap(byte[] body) {
        ByteArrayOutputStream content = new ByteArrayOutputStream(body.length);
        int at = 0;
        while (at < body.length) {
            int size = 0;
            int digits = 0;
            int digit = Character.digit(body[at], 16);
            for (; digit >= 0 && digits < 6; digits++) {
                size = size << 4 | digit;
                at++;
                digit = at < body.length ? Character.digit(body[at], 16) : -1;
            }
            int line = at;
            while (line < body.length && body[line] != '\n') {
                line++;
            }
            if (digits == 0 || line == body.length || (body[at] != '\r' && body[at] != ';')) {
                return content.size() == 0 ? body : content.toByteArray();
            }
            int first = line + 1;
            content.write(body, first, Math.min(size, body.length - first));
            at = first + size + 2;
            if (size == 0) {
                break;
            }
        }
        return content.toByteArray();
    }
}
