// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.attack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** The server behind the gate: answers at once, never, or with more than a client takes, by the path. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
final class AttackedServer implements AutoCloseable {

    private static final byte[] SMALL = ascii(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}");
    private static final long LARGE_BYTES = 64L * 1024 * 1024;
    private static final byte[] LARGE_HEAD = ascii("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE_BYTES + "\r\n\r\n");
    private static final long HOLD_NANOS = 600_000_000_000L;

    private final ServerSocket listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());

    AttackedServer() throws IOException {
        Thread.ofVirtual().name("server").start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // Closed, or out of descriptors for a moment.
                LockSupport.parkNanos(1_000_000L);
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 2048);
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                if (head.contains(" /hold ")) {
                    LockSupport.parkNanos(HOLD_NANOS);
                } else if (head.contains(" /large ")) {
                    large(socket);
                    return;
                } else {
                    skipBody(head, in);
                    socket.getOutputStream().write(SMALL);
                }
            }
        } catch (IOException left) {
            // The gate let go of it.
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void skipBody(String head, InputStream in) throws IOException {
        int length = head.indexOf("Content-Length: ");
        if (length > 0) {
            in.skipNBytes(Long.parseLong(head.substring(length + 16, head.indexOf("\r", length))));
        } else if (head.contains("chunked")) {
            // The attack's own chunks; their end is enough.
            String part = head(in);
            while (!part.isEmpty() && !part.endsWith("0\r\n\r\n")) {
                part = head(in);
            }
        }
    }

    private static void large(Socket socket) throws IOException {
        byte[] piece = new byte[64 * 1024];
        socket.getOutputStream().write(LARGE_HEAD);
        for (long sent = 0; sent < LARGE_BYTES; sent += piece.length) {
            socket.getOutputStream().write(piece);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
