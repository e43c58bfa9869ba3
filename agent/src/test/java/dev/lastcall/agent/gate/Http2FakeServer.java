// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on a real socket that speaks HTTP/2 with prior knowledge, raw enough to break any rule of it. */
final class Http2FakeServer implements AutoCloseable {

    /** What the server does with one call, on a thread of its own, once its head has come. */
    @FunctionalInterface
    interface Reply {
        void to(Call call) throws Exception;
    }

    /** One stream. */
    static final class Call {
        final Http2Peer peer;
        final int stream;
        final Map<String, String> head;
        final CompletableFuture<String> body = new CompletableFuture<>();
        final CompletableFuture<Integer> reset = new CompletableFuture<>();
        private final ByteArrayOutputStream come = new ByteArrayOutputStream();

        Call(Http2Peer peer, int stream, Map<String, String> head) {
            this.peer = peer;
            this.stream = stream;
            this.head = head;
        }

        String path() {
            return head.getOrDefault(":path", "");
        }

        void begin() throws IOException {
            peer.headers(stream, false, ":status", "200", "content-type", "application/grpc");
        }

        void data(String text) throws IOException {
            peer.data(stream, false, text);
        }

        void end() throws IOException {
            peer.headers(stream, true, "grpc-status", "0", "x-end", "whole");
        }
    }

    private final ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final List<Http2Peer> peers = new CopyOnWriteArrayList<>();
    private final Reply reply;
    private final byte[] settings;
    private final Thread acceptor;

    /** @param settings the payload of its first SETTINGS */
    Http2FakeServer(Reply reply, byte[] settings) throws IOException {
        this.reply = reply;
        this.settings = settings;
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    static Http2FakeServer answering(Reply reply) throws IOException {
        return new Http2FakeServer(reply, new byte[0]);
    }

    /** Answers each call with its request's body, and trailers. */
    static Http2FakeServer echoing() throws IOException {
        return answering(call -> {
            String body = call.body.get();
            call.begin();
            if (!body.isEmpty()) {
                call.data(body);
            }
            call.end();
        });
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    List<Call> calls() {
        return calls;
    }

    List<Http2Peer> peers() {
        return peers;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
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
            Http2Peer peer = new Http2Peer(socket);
            peers.add(peer);
            peer.expectPreface();
            peer.frame(Http2Peer.SETTINGS, 0, 0, settings);
            Map<Integer, Call> running = new HashMap<>();
            for (Http2Peer.Frame frame = peer.next(); !frame.isEnd(); frame = peer.next()) {
                take(peer, frame, running);
            }
            running.values().forEach(call -> call.reset.complete(-1));
        } catch (IOException e) {
            // The other side may leave at any time; a test sees that from its own side.
        } finally {
            open.remove(socket);
        }
    }

    private void take(Http2Peer peer, Http2Peer.Frame frame, Map<Integer, Call> running) throws IOException {
        Call call = running.get(frame.stream());
        if (frame.type() == Http2Peer.HEADERS && call == null) {
            call = new Call(peer, frame.stream(), frame.fields());
            running.put(frame.stream(), call);
            calls.add(call);
            Call begun = call;
            Thread.ofVirtual().start(() -> answer(begun));
        } else if (frame.type() == Http2Peer.DATA && call != null) {
            call.come.write(frame.payload());
            if (frame.payload().length > 0) {
                peer.window(0, frame.payload().length);
                peer.window(frame.stream(), frame.payload().length);
            }
        } else if (frame.type() == Http2Peer.RST_STREAM && call != null) {
            call.reset.complete(frame.number(0));
        }
        if (call != null && frame.type() <= Http2Peer.HEADERS && frame.has(Http2Peer.END_STREAM)) {
            call.body.complete(call.come.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private void answer(Call call) {
        try {
            reply.to(call);
        } catch (Exception e) {
            // The other side may leave at any time; a test sees that from its own side.
            call.reset.completeExceptionally(e);
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
