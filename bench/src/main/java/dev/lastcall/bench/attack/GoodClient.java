// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.attack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import dev.lastcall.bench.JsonAnswer;
import org.jspecify.annotations.Nullable;

/** A client that asks at an even pace, on a kept connection; a failed request is one, and the next has a new connection. */
final class GoodClient implements AutoCloseable {

    private static final int PER_SECOND = 50;
    private static final int PATIENCE_MILLIS = 5_000;
    private static final byte[] REQUEST = ("POST /small HTTP/1.1\r\nHost: good\r\nContent-Type: application/json\r\n"
            + "Content-Length: 16\r\n\r\n{\"prompt\":\"abc\"}").getBytes(StandardCharsets.US_ASCII);

    /**
     * What it saw.
     *
     * @param nanos waiting times of the requests that were answered, sorted
     * @param failed requests that were not
     * @param why the last of them was not, or empty
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Seen(long[] nanos, int failed, String why) {
        double millis(int percent) {
            return nanos.length == 0 ? Double.NaN : nanos[(int) ((nanos.length - 1L) * percent / 100)] / 1e6;
        }
    }

    private final int port;
    private final List<Long> nanos = new ArrayList<>();
    private final Thread thread;
    private int failed;
    private String why = "";
    private @Nullable Socket kept;
    private volatile boolean over;

    GoodClient(int port) {
        this.port = port;
        thread = Thread.ofPlatform().name("good-client").start(this::run);
    }

    private void run() {
        long next = System.nanoTime();
        byte[] buffer = new byte[4096];
        while (!over) {
            for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            // From when it should have been sent: a request that had to wait for the one before it waited too.
            long due = next;
            next += 1_000_000_000L / PER_SECOND;
            try {
                ask(buffer);
                nanos.add(System.nanoTime() - due);
            } catch (IOException e) {
                failed++;
                why = String.valueOf(e.getMessage());
                drop();
            }
        }
        drop();
    }

    private void ask(byte[] buffer) throws IOException {
        Socket socket = kept;
        if (socket == null) {
            socket = new Socket();
            kept = socket;
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        }
        socket.getOutputStream().write(REQUEST);
        int length = JsonAnswer.read(socket.getInputStream(), buffer);
        if (!new String(buffer, 0, 12, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
            throw new IOException(
                    new String(buffer, 0, length, StandardCharsets.US_ASCII).lines().findFirst().orElse(""));
        }
    }

    private void drop() {
        Socket socket = kept;
        kept = null;
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is gone either way.
            }
        }
    }

    /** Ends it, and returns what it saw. */
    Seen finish() throws InterruptedException {
        over = true;
        thread.join();
        return new Seen(nanos.stream().mapToLong(Long::longValue).sorted().toArray(), failed, why);
    }

    @Override
    public void close() {
        over = true;
    }
}
