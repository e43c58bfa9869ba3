// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

import dev.lastcall.metadata.NodeClock;
import io.netty.channel.EventLoopGroup;

/** A gate before a server that keeps every byte it gets, and answers each request as a test says. */
final class FuzzRig implements AutoCloseable {

    private static final Duration GIVEN_UP = Duration.ofMillis(250);
    private static final int PATIENCE_MILLIS = 15_000;

    /** What the server does with one request: sends bytes; false if its connection ends by that. */
    @FunctionalInterface
    interface Server {
        boolean answer(ReferenceParser.Message request, Socket to) throws IOException;
    }

    final Gate gate;
    private final EventLoopGroup loops = GateLoops.create(1);
    private final ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final Queue<ReferenceParser.Message> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicReference<String> malformed = new AtomicReference<>("");
    private final Server server;

    FuzzRig(Server server) throws IOException {
        this.server = server;
        GateSettings.Times times = new GateSettings.Times(Duration.ofSeconds(2), GIVEN_UP, GIVEN_UP,
                Duration.ofSeconds(10),
                Duration.ofSeconds(4), Duration.ofMillis(200));
        gate = Gate.start(GateSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort())).with(times),
                NodeClock.system(), loops);
        Thread.ofVirtual().start(this::accept);
    }

    /** The whole requests that have come to the server since the last call, in order. */
    List<ReferenceParser.Message> takeArrived() {
        String what = malformed.getAndSet("");
        if (!what.isEmpty()) {
            throw new AssertionError("the server got what is malformed: " + what);
        }
        List<ReferenceParser.Message> all = new ArrayList<>();
        for (ReferenceParser.Message next = arrived.poll(); next != null; next = arrived.poll()) {
            all.add(next);
        }
        return all;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // The listener is closed, or the connection is gone again.
            }
        }
    }

    private void serve(Socket socket) {
        byte[] buffer = new byte[8192];
        ByteArrayOutputStream pending = new ByteArrayOutputStream();
        try (socket) {
            for (int got = socket.getInputStream().read(buffer); got >= 0; got = socket.getInputStream().read(buffer)) {
                pending.write(buffer, 0, got);
                if (!answerAll(pending, socket)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The gate let go of it.
        }
    }

    private boolean answerAll(ByteArrayOutputStream pending, Socket socket) throws IOException {
        byte[] bytes = pending.toByteArray();
        ReferenceParser parser = new ReferenceParser(bytes);
        int whole = 0;
        try {
            while (!parser.isAtEnd()) {
                ReferenceParser.Message request = parser.request();
                whole = parser.position();
                arrived.add(request);
                if (!server.answer(request, socket)) {
                    return false;
                }
            }
        } catch (ReferenceParser.IncompleteException e) {
            // The rest waits for more.
        } catch (ReferenceParser.MalformedException e) {
            malformed.compareAndSet("", e.getMessage() + ": " + new String(bytes, StandardCharsets.ISO_8859_1));
            return false;
        }
        pending.reset();
        pending.write(bytes, whole, bytes.length - whole);
        return true;
    }

    /** Sends the bytes in random pieces, and reads until the gate ends the connection. */
    byte[] talk(byte[] bytes, Random random) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = open()) {
            int most = 1 + random.nextInt(random.nextBoolean() ? 6 : 600);
            try {
                for (int at = 0; at < bytes.length;) {
                    int length = Math.min(bytes.length - at, 1 + random.nextInt(most));
                    socket.getOutputStream().write(bytes, at, length);
                    at += length;
                }
            } catch (IOException refused) {
                // The answer to what came so far may be there all the same.
            }
            read(socket, answer);
        }
        return answer.toByteArray();
    }

    Socket open() throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gate.port()));
        return socket;
    }

    /** Reads to the end; false if that was a reset. */
    static boolean read(Socket socket, ByteArrayOutputStream into) throws IOException {
        byte[] buffer = new byte[8192];
        try {
            for (int got = socket.getInputStream().read(buffer); got >= 0; got = socket.getInputStream().read(buffer)) {
                into.write(buffer, 0, got);
            }
            return true;
        } catch (SocketTimeoutException e) {
            throw new AssertionError(
                    "the gate neither answered nor ended the connection for " + PATIENCE_MILLIS + " ms", e);
        } catch (IOException e) {
            return false;
        }
    }

    /** Tries seed after seed for as long as {@code lastcall.fuzz.seconds} says, from {@code lastcall.fuzz.seed} on. */
    static void fuzz(LongConsumer one) {
        long seed = Long.getLong("lastcall.fuzz.seed", System.nanoTime());
        long end = System.nanoTime() + Duration.ofSeconds(Long.getLong("lastcall.fuzz.seconds", 3)).toNanos();
        do {
            try {
                one.accept(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("found with -Dlastcall.fuzz.seed=" + seed + ": " + e.getMessage(), e);
            }
            seed++;
        } while (System.nanoTime() - end < 0);
    }

    @Override
    public void close() throws IOException {
        gate.shutdown();
        listener.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
