// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Asks one thing on a connection of its own. */
final class Ask {

    private static final int PATIENCE_MILLIS = 60_000;

    private Ask() {}

    /** An answer; status 0 means none. */
    record Answer(int status, String body) {}

    static Answer get(int port, String path) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            return exchange(socket.getInputStream(), socket.getOutputStream(), "GET", path, "");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Whether a client that connects to a gate meets a closed door: the kernel refuses it, or it is answered 503. */
    static boolean isTurnedAway(int gatePort) {
        try {
            return get(gatePort, "/").status() == 503;
        } catch (UncheckedIOException failed) {
            return failed.getCause() instanceof ConnectException;
        }
    }

    /** Whether a client that connects to a gate gets the server's answer. */
    static boolean isLetIn(int gatePort) {
        try {
            return get(gatePort, "/").status() == 200;
        } catch (UncheckedIOException failed) {
            if (failed.getCause() instanceof ConnectException) {
                return false;
            }
            throw failed;
        }
    }

    static Answer post(Path controlSocket, String path, String body) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(controlSocket))) {
            return exchange(Channels.newInputStream(channel), Channels.newOutputStream(channel), "POST", path, body);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Whether a process takes connections there. */
    static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** Asks on a thread of its own. */
    static CompletableFuture<Answer> inBackground(int port, String path) {
        var answer = new CompletableFuture<Answer>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(get(port, path));
            } catch (RuntimeException failed) {
                answer.completeExceptionally(failed);
            }
        });
        return answer;
    }

    private static Answer exchange(InputStream in, OutputStream out, String method, String path, String body)
            throws IOException {
        out.write((method + " " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
        out.flush();
        String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int head = all.indexOf("\r\n\r\n");
        return head < 0
                ? new Answer(0, all)
                : new Answer(Integer.parseInt(all.substring(9, 12)), all.substring(head + 4));
    }
}
