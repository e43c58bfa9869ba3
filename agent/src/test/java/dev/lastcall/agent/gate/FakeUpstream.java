// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on a real socket that plays a script on each connection, raw enough to break any rule of HTTP. */
final class FakeUpstream implements AutoCloseable {

    /** What the server does with one connection; when it returns the connection is closed. */
    @FunctionalInterface
    interface Script {
        void play(Peer peer) throws IOException, InterruptedException;
    }

    /** What the server answers to one request: raw bytes. */
    @FunctionalInterface
    interface Reply {
        String to(Peer.Request request);
    }

    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Peer.Request> requests = new CopyOnWriteArrayList<>();
    private final Thread acceptor;
    private volatile Script script;

    FakeUpstream(Script script) throws IOException {
        this.script = script;
        listener = new ServerSocket(0, 2048, InetAddress.getLoopbackAddress());
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    /** A server that answers each request of each connection by itself, and keeps connections alive. */
    static FakeUpstream answering(Reply reply) throws IOException {
        return new FakeUpstream(peer -> {
            for (Peer.Request request = peer.read(); !request.isEnd(); request = peer.read()) {
                peer.send(reply.to(request));
            }
        });
    }

    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    void play(Script next) {
        script = next;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    int openConnections() {
        return open.size();
    }

    /** The requests that were read to their end. */
    List<Peer.Request> requests() {
        return requests;
    }

    Peer.Request lastRequest() {
        return requests.getLast();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.play(new Peer(socket, requests::add));
        } catch (IOException e) {
            // The other side may leave at any time; a test sees that from its own side.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : open) {
            socket.close();
        }
    }
}
