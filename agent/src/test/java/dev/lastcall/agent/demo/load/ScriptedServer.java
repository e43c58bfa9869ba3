// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on loopback that does to each request, or connection, exactly what the script says. */
final class ScriptedServer implements AutoCloseable {

    /** What is done once a request has been read; the connection is kept if it returns true. */
    @FunctionalInterface
    interface Answer {
        boolean to(Socket socket, int requestNumber) throws IOException;
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final Answer answer;

    ScriptedServer(Answer answer) throws IOException {
        this.answer = answer;
        Thread.ofVirtual().start(this::accept);
    }

    /** Writes {@code text}, then ends the connection in good order. */
    static Answer text(String text) {
        return (socket, number) -> {
            write(socket, text);
            return false;
        };
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/v1/completions");
    }

    int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            boolean kept = true;
            while (kept && readRequest(in)) {
                kept = answer.to(socket, requests.incrementAndGet());
            }
        } catch (IOException gone) {
            // So is the client.
        }
    }

    private static boolean readRequest(BufferedReader in) throws IOException {
        int length = -1;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("Content-Length:")) {
                length = Integer.parseInt(line.substring(15).trim());
            }
            if (line.isEmpty()) {
                return in.skip(length) == length;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
