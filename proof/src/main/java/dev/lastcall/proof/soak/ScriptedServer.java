// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The inference server of a soak: does with each request what the request itself says, faults too. Thread-safe. */
final class ScriptedServer implements AutoCloseable {

    private static final int BACKLOG = 1024;

    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private ScriptedServer() throws IOException {
        listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }

    /** Starts one on a free port of loopback. */
    static ScriptedServer start() throws IOException {
        var server = new ScriptedServer();
        Thread.ofVirtual().name("server").start(server::accept);
        return server;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Connections that are open. */
    int connections() {
        return open.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().name("served").start(() -> serve(socket));
            } catch (IOException failure) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(failure);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket; Wire wire = new Wire(socket)) {
            new Serving(wire).run();
        } catch (IOException left) {
            // Clients leave, and the gate with them.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
