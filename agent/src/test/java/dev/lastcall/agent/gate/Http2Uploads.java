// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;

/** A client of HTTP/2 that keeps to the gate's windows. */
final class Http2Uploads {

    /** What the gate lets a stream have under way before any of it is taken. */
    static final int FIRST_WINDOW = 16 * 1024;
    private static final int PIECE = 8 * 1024;

    private Http2Uploads() {}

    /** Sends a body to its end, as the gate's WINDOW_UPDATEs let it. */
    static void send(Http2Peer client, int stream, String body) throws IOException {
        long room = FIRST_WINDOW;
        int at = 0;
        while (at < body.length()) {
            while (room < PIECE) {
                Http2Peer.Frame update = client.awaitFrame(Http2Peer.WINDOW_UPDATE);
                if (update.isEnd()) {
                    throw new IOException("the connection ended");
                }
                room += update.stream() == stream ? update.number(0) : 0;
            }
            int next = Math.min(PIECE, body.length() - at);
            at += next;
            room -= next;
            client.data(stream, at == body.length(), body.substring(at - next, at));
        }
    }
}
