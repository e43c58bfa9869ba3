// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A loopback server that plays whatever bytes, pauses and resets a test wants; real sockets, one virtual thread each. */
public final class ScriptedServer implements AutoCloseable {

    /** One request line with its headers. */
    public record Request(int number, int connection, String line, List<String> headers) {}

    /** Plays the answer to one request. */
    @FunctionalInterface
    public interface Script {
        /** Writes to the connection, or breaks it. */
        void play(Request request, Connection connection) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    /** A server on a free port of 127.0.0.1. */
    public ScriptedServer(Script script) throws IOException {
        this(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), script);
    }

    /** A server on a free port of {@code address}. */
    public ScriptedServer(InetAddress address, Script script) throws IOException {
        this.script = script;
        this.listener = new ServerSocket(0, 50, address);
        Thread.ofVirtual().start(this::accept);
    }

    /** The port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** All requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** How many connections there have been. */
    public int connections() {
        return connections.get();
    }

    /** How many of them are open. */
    public int openConnections() {
        return open.size();
    }

    /** A whole answer of this status and body. */
    public static String answer(int status, String body, String... headers) {
        StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
        for (String header : headers) {
            answer.append(header).append("\r\n");
        }
        return answer + "\r\n" + body;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                int number = connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket, number));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                List<String> headers = new ArrayList<>();
                for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
                    headers.add(header);
                }
                Request request = new Request(requests.size() + 1, number, line, headers);
                requests.add(request);
                script.play(request, new Connection(socket));
            }
        } catch (IOException | InterruptedException broken) {
            // The client has gone, or the script has broken the connection.
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

    /** The server's end of one connection. */
    public static final class Connection {
        private final Socket socket;

        private Connection(Socket socket) {
            this.socket = socket;
        }

        /** Sends text as it is. */
        public void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
        }

        /** Answers whole. */
        public void answer(int status, String body, String... headers) throws IOException {
            send(ScriptedServer.answer(status, body, headers));
        }

        /** Breaks the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Closes the connection in order. */
        public void close() throws IOException {
            socket.close();
        }

        /** Says nothing until the client goes. */
        public void hang() throws IOException {
            int ignored = socket.getInputStream().read();
        }
    }
}
