// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** A web server with models: ranges, digests, a rate, an answer for who may not come in, and counts. Thread-safe. */
final class WebStore implements AutoCloseable {

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
    private static final int CHUNK = 16 << 10;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicLong bytesServed = new AtomicLong();
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile int refusal;
    private volatile boolean isSilent;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String authorization = "";

    WebStore() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Puts a model of one file there; its address. */
    String put(String model, int bytes) {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) ((i * 31L) >> 7 ^ i ^ model.hashCode());
        }
        files.put("/" + model + "/model.bin", content);
        return address(model);
    }

    String address(String model) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + model + "/";
    }

    byte[] content(String model) {
        return files.getOrDefault("/" + model + "/model.bin", new byte[0]);
    }

    /** Sends no faster than this on each connection. */
    WebStore slow(long each) {
        bytesPerSecond = each;
        return this;
    }

    /** Answers everything with this status; 0 for serving again. */
    void refuse(int status) {
        refusal = status;
    }

    /** Takes every request from now on and answers none. */
    void fallSilent() {
        isSilent = true;
    }

    /** Serves only who sends this header. */
    void demand(String header) {
        authorization = header;
    }

    /** Bytes of bodies of files. */
    long bytesServed() {
        return bytesServed.get();
    }

    /** The models of which bytes were asked for, in the order of the first request. */
    List<String> order() {
        return asked.stream().distinct().toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (isSilent) {
                awaitTheEnd();
                return;
            }
            String path = exchange.getRequestURI().getPath();
            String presented = exchange.getRequestHeaders().getFirst("Authorization");
            int status = !authorization.isEmpty() && !authorization.equals(presented) ? 401 : refusal;
            if (status != 0) {
                exchange.sendResponseHeaders(status, -1);
            } else if (path.endsWith("/SHA256SUMS")) {
                byte[] sums = sums(path.replace("SHA256SUMS", "")).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(sums.length == 0 ? 404 : 200, sums.length == 0 ? -1 : sums.length);
                exchange.getResponseBody().write(sums);
            } else if (files.containsKey(path)) {
                serve(exchange, path, files.getOrDefault(path, new byte[0]));
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void awaitTheEnd() {
        try {
            closed.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private String sums(String folder) {
        return files.entrySet()
                .stream()
                .filter(file -> file.getKey().startsWith(folder))
                .map(file -> sha256(file.getValue()) + "  " + file.getKey().substring(folder.length()) + "\n")
                .collect(Collectors.joining());
    }

    private void serve(HttpExchange exchange, String path, byte[] content) throws IOException {
        Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
        boolean isPart = range.matches();
        int first = isPart ? Integer.parseInt(range.group(1)) : 0;
        int last = isPart ? Math.min(content.length - 1, Integer.parseInt(range.group(2))) : content.length - 1;
        exchange.getResponseHeaders().set("ETag", "\"" + sha256(content).substring(0, 16) + "\"");
        if (isPart) {
            exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + content.length);
        }
        if (last > first) {
            asked.add(path.substring(1, path.lastIndexOf('/')));
        }
        exchange.sendResponseHeaders(isPart ? 206 : 200, last - first + 1L);
        OutputStream out = exchange.getResponseBody();
        for (int at = first; at <= last; at += CHUNK) {
            int count = Math.min(CHUNK, last + 1 - at);
            out.write(content, at, count);
            out.flush();
            bytesServed.addAndGet(count);
            LockSupport.parkNanos(count * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
