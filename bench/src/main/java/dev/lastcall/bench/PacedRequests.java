// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Requests at an even pace over kept connections; each in turn to each target, so that noise falls on all alike. */
final class PacedRequests {

    private static final int CONNECTIONS = 8;
    private static final byte[] REQUEST = ("POST /v1/completions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            + "Content-Length: 16\r\n\r\n{\"prompt\":\"abc\"}").getBytes(StandardCharsets.US_ASCII);

    private PacedRequests() {}

    /**
     * Sends for a while at a rate to each of the targets.
     *
     * @return for each target the latencies in nanoseconds, sorted
     */
    static List<long[]> run(List<Integer> ports, int perSecond, Duration time) throws InterruptedException {
        int count = (int) (time.toSeconds() * perSecond / CONNECTIONS);
        long pace = 1_000_000_000L * CONNECTIONS / perSecond / ports.size();
        long[][][] latencies = new long[ports.size()][CONNECTIONS][count];
        List<Thread> senders = new ArrayList<>();
        for (int c = 0; c < CONNECTIONS; c++) {
            int connection = c;
            senders.add(Thread.ofPlatform().start(() -> send(ports, connection, count, pace, latencies)));
        }
        for (Thread sender : senders) {
            sender.join();
        }
        List<long[]> sorted = new ArrayList<>();
        for (long[][] target : latencies) {
            long[] all = Arrays.stream(target).flatMapToLong(Arrays::stream).sorted().toArray();
            sorted.add(all);
        }
        return sorted;
    }

    private static void send(List<Integer> ports, int connection, int count, long pace, long[][][] latencies) {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int port : ports) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setTcpNoDelay(true);
                sockets.add(socket);
            }
            byte[] buffer = new byte[4096];
            long next = System.nanoTime() + pace * connection / CONNECTIONS;
            for (int i = 0; i < count; i++) {
                for (int target = 0; target < sockets.size(); target++) {
                    for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    next += pace;
                    latencies[target][connection][i] = ask(sockets.get(target), buffer);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sockets.forEach(PacedRequests::close);
        }
    }

    private static long ask(Socket socket, byte[] buffer) throws IOException {
        long start = System.nanoTime();
        socket.getOutputStream().write(REQUEST);
        JsonAnswer.read(socket.getInputStream(), buffer);
        return System.nanoTime() - start;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
