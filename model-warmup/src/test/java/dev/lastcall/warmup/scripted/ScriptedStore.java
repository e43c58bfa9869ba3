// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A web server on loopback with objects, ranges, validators, and a script of faults. Thread-safe. */
public final class ScriptedStore implements AutoCloseable {

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private static final int SEND_BUFFER_BYTES = 32 << 10;

    private final ServerSocket server;
    private final String prefix;
    private final Map<String, Content> objects = new ConcurrentHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Script script = request -> new Fault.None();
    private volatile Responder responder = request -> Optional.empty();
    private final AtomicLong bytesServed = new AtomicLong();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private final AtomicInteger number = new AtomicInteger();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** Decides what goes wrong. */
    @FunctionalInterface
    public interface Script {
        Fault faultOf(Request request);
    }

    /** Answers what is no object. */
    @FunctionalInterface
    public interface Responder {
        Optional<Fault.Status> answer(Request request);
    }

    /**
     * A request as it came.
     *
     * @param number counts from 1
     */
    public record Request(int number, String method, String target, Map<String, String> headers, String body) {
        /** The header, or nothing. */
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        /** Whether it probes instead of fetching. */
        public boolean isProbe() {
            return header("range").equals("bytes=0-0") || header("range").isEmpty();
        }
    }

    /**
     * What is served under a path.
     *
     * @param headers extra header lines
     * @param ranged whether ranges work
     */
    public record Content(Bytes bytes, String etag, List<String> headers, boolean ranged) {}

    /** The bytes of an object, by position, so that a large one costs no memory. */
    public interface Bytes {
        long size();

        void copy(long from, byte[] into, int count);
    }

    /** Listens at once. */
    public ScriptedStore() {
        this(ServerSocketFactory.getDefault(), "http://127.0.0.1:", plain -> {});
    }

    /** Listens with TLS, as localhost. */
    public static ScriptedStore tls(SSLContext context) {
        return tls(context, server -> {});
    }

    /** The same, with more conditions to its clients. */
    public static ScriptedStore tls(SSLContext context, Consumer<SSLServerSocket> conditions) {
        return new ScriptedStore(context.getServerSocketFactory(), "https://localhost:",
                server -> conditions.accept((SSLServerSocket) server));
    }

    /** @param conditions are set before the first connection is accepted: each takes over what holds then */
    private ScriptedStore(ServerSocketFactory sockets, String prefix, Consumer<ServerSocket> conditions) {
        try {
            server = sockets.createServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        conditions.accept(server);
        this.prefix = prefix;
        Thread.ofPlatform().daemon().name("scripted-store").start(this::accept);
    }

    /** Plays this from now on. */
    public ScriptedStore script(Script faults) {
        script = faults;
        return this;
    }

    /** Asks this where there is no object. */
    public ScriptedStore respond(Responder answers) {
        responder = answers;
        return this;
    }

    /** Puts an object there, with the tag that its version gives. */
    public ScriptedStore put(String path, byte[] bytes, String version) {
        return put(path, new Content(of(bytes), "\"" + version + "\"", List.of(), true));
    }

    /** Puts an object there. */
    public ScriptedStore put(String path, Content content) {
        objects.put(path, content);
        return this;
    }

    /** Bytes in memory. */
    public static Bytes of(byte[] bytes) {
        return new Bytes() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public void copy(long from, byte[] into, int count) {
                System.arraycopy(bytes, (int) from, into, 0, count);
            }
        };
    }

    /** The address of a path. */
    public URI address(String path) {
        return URI.create(prefix + server.getLocalPort() + path);
    }

    /** Bytes of bodies handed to the sockets. */
    public long bytesServed() {
        return bytesServed.get();
    }

    /** Most requests in hand at once. */
    public int peakRequests() {
        return peak.get();
    }

    /** Requests in hand now, the one that is being answered among them. */
    public int activeRequests() {
        return active.get();
    }

    /** All requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                if (server.isClosed()) {
                    // Accepted before the end and not seen by it: it would be served for ever.
                    socket.close();
                    return;
                }
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    @SuppressWarnings("EmptyCatch") // a client that leaves is part of every test
    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            // What is counted as served should be close to what a client can have read.
            socket.setSendBufferSize(SEND_BUFFER_BYTES);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
            for (Optional<Request> request = read(in); request.isPresent(); request = read(in)) {
                requests.add(request.get());
                peak.accumulateAndGet(active.incrementAndGet(), Math::max);
                try {
                    if (!answer(socket, out, request.get())) {
                        return;
                    }
                    out.flush();
                } finally {
                    active.decrementAndGet();
                }
            }
        } catch (IOException ignored) {} finally {
            sockets.remove(socket);
        }
    }

    private Optional<Request> read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                List<String> lines = head.toString(StandardCharsets.ISO_8859_1).lines().toList();
                String[] words = lines.getFirst().split(" ", -1);
                Map<String, String> headers = new LinkedHashMap<>();
                for (String line : lines.subList(1, lines.size())) {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT),
                                line.substring(colon + 1).strip());
                    }
                }
                int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
                String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                return Optional.of(new Request(number.incrementAndGet(), words[0], words[1], headers, body));
            }
        }
        return Optional.empty();
    }

    /** True if the connection may be used again. */
    private boolean answer(Socket socket, OutputStream out, Request request) throws IOException {
        Fault fault = script.faultOf(request);
        String path = request.target().replaceFirst("\\?.*", "");
        Content content = objects.get(path);
        switch (fault) {
            case Fault.Garbage(String text) -> {
                out.write(text.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                return false;
            }
            case Fault.Status status -> {
                return status(out, request, status);
            }
            default -> {
                Optional<Fault.Status> other = responder.answer(request);
                if (content == null || other.isPresent()) {
                    return status(out, request, other.orElse(new Fault.Status(404, List.of(), "no such object")));
                }
            }
        }
        String condition = request.header("if-match");
        boolean isIgnored = fault instanceof Fault.Tag;
        if (!condition.isEmpty() && !condition.equals(content.etag()) && !isIgnored) {
            return status(out, request, new Fault.Status(412, List.of(), "changed"));
        }
        return object(socket, out, request, content, fault);
    }

    private static boolean status(OutputStream out, Request request, Fault.Status status) throws IOException {
        byte[] body = status.body().getBytes(StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>(
                List.of("HTTP/1.1 " + status.code() + " Scripted", "Content-Length: " + body.length));
        lines.addAll(status.headers());
        out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        if (!request.method().equals("HEAD")) {
            out.write(body);
        }
        return true;
    }

    private boolean object(Socket socket, OutputStream out, Request request, Content content, Fault fault)
            throws IOException {
        long size = content.bytes().size();
        Matcher range = RANGE.matcher(request.header("range"));
        boolean partial = content.ranged() && range.matches() && !(fault instanceof Fault.IgnoredRange);
        long first = partial ? Long.parseLong(range.group(1)) : 0;
        long last = partial ? Math.min(size - 1, Long.parseLong(range.group(2))) : size - 1;
        if (partial && first >= size) {
            return status(out, request, new Fault.Status(416, List.of("Content-Range: bytes */" + size), ""));
        }
        int shift = fault instanceof Fault.ShiftedRange(int by) ? by : 0;
        int extra = fault instanceof Fault.Longer(int by) ? by : 0;
        long length = last - first + 1 + extra;
        boolean is200 = !partial || fault instanceof Fault.RangeAs200;
        List<String> lines = new ArrayList<>(List.of("HTTP/1.1 " + (is200 ? "200 OK" : "206 Partial Content")));
        lines.add(framing(fault, length));
        String etag = fault instanceof Fault.Tag(String other) ? other : content.etag();
        if (!etag.isEmpty()) {
            lines.add("ETag: " + (fault instanceof Fault.Weakened ? "W/" : "") + etag);
        }
        if (partial && !(fault instanceof Fault.NoContentRange)) {
            long total = size + (fault instanceof Fault.OtherTotal(int by) ? by : 0);
            lines.add("Content-Range: bytes " + (first + shift) + "-" + (last + shift) + "/" + total);
        }
        lines.addAll(content.headers());
        out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        if (request.method().equals("HEAD")) {
            return true;
        }
        return fault instanceof Fault.Unframed(boolean isChunked, int more)
                ? new UnframedBody(isChunked, bytesServed).write(out, content.bytes(), first, length + more)
                : body(socket, out, content, fault, first, length);
    }

    private static String framing(Fault fault, long length) {
        return fault instanceof Fault.Unframed(boolean isChunked, int more)
                ? (isChunked ? "Transfer-Encoding: chunked" : "Connection: close")
                : "Content-Length: " + length;
    }

    private boolean body(Socket socket, OutputStream out, Content content, Fault fault, long first, long length)
            throws IOException {
        byte[] chunk = new byte[(int) Math.min(64 * 1024, Math.max(1, length))];
        long stopAt = switch (fault) {
            case Fault.Reset(long after) -> Math.min(after, length - 1);
            case Fault.EndsEarly(long after) -> Math.min(after, length - 1);
            case Fault.Stall(long after) -> Math.min(after, length - 1);
            default -> length;
        };
        for (long sent = 0; sent < stopAt;) {
            int count = (int) Math.min(chunk.length, stopAt - sent);
            if (fault instanceof Fault.Slow(long rate)) {
                count = (int) Math.max(1, Math.min(count, rate / 20));
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(count) / Math.max(1, rate));
            }
            // What a fault sends beyond the end of the object is whatever was in the chunk before.
            int there = Math.clamp(content.bytes().size() - first - sent, 0, count);
            content.bytes().copy(first + sent, chunk, there);
            if (fault instanceof Fault.Flipped(long at) && at >= sent && at < sent + count) {
                chunk[(int) (at - sent)] ^= 1;
            }
            bytesServed.addAndGet(count);
            out.write(chunk, 0, count);
            sent += count;
        }
        out.flush();
        switch (fault) {
            case Fault.Reset reset -> socket.setSoLinger(true, 0);
            case Fault.Stall stall -> await();
            default -> {
            }
        }
        return stopAt == length;
    }

    private void await() {
        try {
            closed.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        closed.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
