// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.io.InputStream;

/** Reads one answer whose body is a JSON object and ends the connection's bytes for now. */
public final class JsonAnswer {

    private JsonAnswer() {}

    /**
     * Reads until the object's closing brace.
     *
     * @param buffer large enough for the whole answer
     * @return how many bytes the answer has
     * @throws IOException if the connection ends before
     */
    public static int read(InputStream in, byte[] buffer) throws IOException {
        int length = 0;
        do {
            int read = in.read(buffer, length, buffer.length - length);
            if (read < 0) {
                throw new IOException("the connection ended in the middle of an answer");
            }
            length += read;
        } while (buffer[length - 1] != '}');
        return length;
    }
}
