// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** A web server with one large model of a few files, which it makes as it sends them, and their digests. Thread-safe. */
final class Weights implements AutoCloseable {

    /** Of this the files are made, over and over; no power of two, so that a part in the wrong place is found out. */
    private static final int BLOCK = 1_048_583;

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,12})-(\\d{1,12})");

    private final byte[] block = new byte[BLOCK];
    private final int files;
    private final long fileBytes;
    private final String sums;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong sent = new AtomicLong();

    /** Starts one. */
    Weights(int files, long fileBytes) throws IOException {
        this.files = files;
        this.fileBytes = fileBytes;
        new Random(1).nextBytes(block);
        String digest = digest();
        var lines = new StringBuilder();
        for (int i = 0; i < files; i++) {
            lines.append(digest).append("  model-").append(i).append(".bin\n");
        }
        sums = lines.toString();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private String digest() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (long at = 0; at < fileBytes; at += BLOCK) {
                sha.update(block, 0, (int) Math.min(BLOCK, fileBytes - at));
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }

    URI folder() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/weights/");
    }

    long bytes() {
        return files * fileBytes;
    }

    /** Bytes of the files' bodies that were sent so far. */
    long sent() {
        return sent.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.endsWith("/SHA256SUMS")) {
                byte[] body = sums.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            } else if (path.endsWith(".bin")) {
                serve(exchange);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("ETag", "\"1\"");
        exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
        Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
        boolean isPart = range.matches();
        long first = isPart ? Long.parseLong(range.group(1)) : 0;
        long last = isPart ? Math.min(fileBytes - 1, Long.parseLong(range.group(2))) : fileBytes - 1;
        if (isPart) {
            exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + fileBytes);
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(last + 1 - first));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(isPart ? 206 : 200, last + 1 - first);
        OutputStream out = exchange.getResponseBody();
        for (long at = first; at <= last;) {
            int offset = (int) (at % BLOCK);
            int count = (int) Math.min(BLOCK - offset, last + 1 - at);
            out.write(block, offset, count);
            sent.addAndGet(count);
            at += count;
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
