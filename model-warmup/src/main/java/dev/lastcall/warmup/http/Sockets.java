// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.Closeable;
import java.io.IOException;

/** Closing what is given up anyway. */
final class Sockets {

    private Sockets() {}

    @SuppressWarnings("EmptyCatch") // the caller has already decided that nothing more comes from this socket
    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException ignored) {}
    }
}
