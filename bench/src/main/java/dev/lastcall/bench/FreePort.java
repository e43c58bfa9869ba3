// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds ports of loopback for programs that must be given theirs. */
public final class FreePort {

    private FreePort() {}

    /** One that was free just now; another process may take it before it is used. */
    public static int find() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
