// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A store as far away as a real one: 30 ms to the first byte of each answer, then so much a second on each connection. Serves ranges
 * of the weights with sendfile, so that it takes little of the processors which the client needs.
 */
final class ShapedServer implements AutoCloseable {

    static final long BYTES_PER_SECOND = 50_000_000;
    private static final long FIRST_BYTE_NANOS = 30_000_000;
    private static final int CHUNK_BYTES = 512 << 10;
    private static final int MAX_HEAD_BYTES = 8192;
    private static final Pattern REQUEST = Pattern.compile("GET /([^ /]+) HTTP.*", Pattern.DOTALL);
    private static final Pattern RANGE = Pattern.compile(".*\r\nrange: bytes=(\\d+)-(\\d+)\r\n.*", Pattern.DOTALL);

    private final Weights weights;
    private final long bytesPerSecond;
    private final Semaphore granted;
    private final ServerSocketChannel listener;

    private ShapedServer(Weights weights, long bytesPerSecond, int granted, ServerSocketChannel listener) {
        this.weights = weights;
        this.bytesPerSecond = bytesPerSecond;
        this.granted = new Semaphore(granted);
        this.listener = listener;
    }

    /**
     * Listens.
     *
     * @param bytesPerSecond for each connection
     * @param granted how many it serves at a time; one that comes beyond is asked to slow down
     */
    static ShapedServer start(Weights weights, long bytesPerSecond, int granted) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        ShapedServer server = new ShapedServer(weights, bytesPerSecond, granted, listener);
        Thread.ofPlatform().daemon().name("shaped").start(server::accept);
        return server;
    }

    String origin() throws IOException {
        return "http://127.0.0.1:" + ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel socket = listener.accept();
                Thread.ofPlatform().daemon().name("shaped-connection").start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the measurement is over.
            return;
        }
    }

    private void serve(SocketChannel socket) {
        ByteBuffer head = ByteBuffer.allocate(MAX_HEAD_BYTES);
        try (socket) {
            // Else the one byte of a probe waits for the client's acknowledgement of the head, as at no store.
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            while (socket.read(head) > 0) {
                String text = new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
                if (text.endsWith("\r\n\r\n")) {
                    head.clear();
                    answer(socket, text);
                }
            }
        } catch (IOException e) {
            // The client has closed: it has what it wanted.
            return;
        }
    }

    private void answer(SocketChannel socket, String head) throws IOException {
        long due = System.nanoTime() + FIRST_BYTE_NANOS;
        LockSupport.parkNanos(FIRST_BYTE_NANOS);
        Matcher request = REQUEST.matcher(head);
        String name = request.matches() ? request.group(1) : "";
        Weights.Source file = weights.files().get(name);
        if (file == null) {
            send(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        if (!granted.tryAcquire()) {
            send(socket, "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        try {
            serve(socket, name, file, head, due);
        } finally {
            granted.release();
        }
    }

    private void serve(SocketChannel socket, String name, Weights.Source file, String head, long due)
            throws IOException {
        Matcher range = RANGE.matcher(head.toLowerCase(Locale.ROOT));
        long first = range.matches() ? Long.parseLong(range.group(1)) : 0;
        long last = range.matches() ? Long.parseLong(range.group(2)) : file.bytes() - 1;
        send(socket, "HTTP/1.1 206 Partial Content\r\nETag: \"" + name + "\"\r\nContent-Length: " + (last - first + 1)
                + "\r\nContent-Range: bytes " + first + "-" + last + "/" + file.bytes() + "\r\n\r\n");
        try (FileChannel channel = FileChannel.open(weights.folder().resolve(name), StandardOpenOption.READ)) {
            for (long at = first; at <= last;) {
                at += channel.transferTo(at, Math.min(CHUNK_BYTES, last + 1 - at), socket);
                long wait = due + (long) ((at - first) * 1e9 / bytesPerSecond) - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                }
            }
        }
    }

    private static void send(SocketChannel socket, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
