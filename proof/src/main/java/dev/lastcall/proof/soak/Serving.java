// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.CRC32;

import dev.lastcall.metadata.NodeClock;

/** One connection of the server. Confined to its thread. */
final class Serving {

    /** As uvicorn, Node and llama-server close idle connections. */
    private static final int IDLE_MILLIS = 5_000;
    private static final int BUSY_MILLIS = 60_000;
    private static final Duration STALL = Duration.ofMillis(1_500);
    private static final Duration STUCK = Duration.ofMillis(13_500);
    private static final byte[] UNASKED_ANSWER = ascii(
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-Soak-Id: foreign\r\n\r\nforeign");
    private static final byte[] UNASKED_BYTES = ascii("\n]}");

    private final Wire wire;

    Serving(Wire wire) {
        this.wire = wire;
    }

    void run() throws IOException, InterruptedException {
        while (true) {
            wire.patience(IDLE_MILLIS);
            Wire.Head request = wire.readHead();
            if (request.isEnd()) {
                return;
            }
            wire.patience(BUSY_MILLIS);
            if (!request.line().contains(" /soak/")) {
                wire.send(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
                continue;
            }
            if (!serve(Ask.parse(request.line().split(" ", 3)[1], request.field(Ask.ID)), request)) {
                return;
            }
        }
    }

    /** Serves one request; false if the connection shall end. */
    private boolean serve(Ask ask, Wire.Head request) throws IOException, InterruptedException {
        if (ask.kind() == Kind.WEB_SOCKET) {
            echo(ask);
            return false;
        }
        if (!request.field("expect").isEmpty()) {
            wire.send(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
        }
        byte[] body = readBody(ask, request);
        if (ask.fault() == SoakFault.RESET_BEFORE) {
            wire.reset();
            return false;
        }
        return switch (ask.kind()) {
            case STREAM, LEAVER -> stream(ask);
            case CHUNKED -> whole(ask, body, "Transfer-Encoding: chunked\r\n");
            case PLAIN, UPLOAD, UPLOAD_LEAVER, SLOW_READER ->
                whole(ask, body, "Content-Length: " + body.length + "\r\n");
            case HEAD -> whole(ask, body, "Content-Length: 4096\r\n");
            case NOT_MODIFIED -> whole(ask, body, "ETag: \"1\"\r\nContent-Length: 4096\r\n");
            case NO_CONTENT -> whole(ask, body, "");
            case WEB_SOCKET -> false;
        };
    }

    /** Reads the request's body, and makes the answer's. */
    private byte[] readBody(Ask ask, Wire.Head request) throws IOException {
        InputStream in = wire.body(request);
        var sum = new CRC32();
        long bytes = 0;
        byte[] buffer = new byte[8192];
        for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
            sum.update(buffer, 0, got);
            bytes += got;
        }
        return ask.kind().uploads() ? ask.receipt(bytes, sum.getValue()) : ask.answer();
    }

    private boolean stream(Ask ask) throws IOException, InterruptedException {
        wire.send(head(ask, "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"));
        for (int i = 0; i < ask.size(); i++) {
            byte[] event = ask.event(i);
            if (i == ask.size() / 2) {
                if (!half(ask)) {
                    return false;
                }
                if (ask.fault() == SoakFault.STUCK) {
                    wire.send(Wire.chunk(Arrays.copyOf(event, event.length / 2)));
                    NodeClock.system().sleep(STUCK);
                    event = Arrays.copyOfRange(event, event.length / 2, event.length);
                }
            }
            wire.send(Wire.chunk(event));
            NodeClock.system().sleep(Duration.ofMillis(ask.gapMillis()));
        }
        wire.send(join(Wire.chunk(Ask.done()), ascii("0\r\n\r\n"), unasked(ask)));
        return ask.fault() != SoakFault.LAST;
    }

    private boolean whole(Ask ask, byte[] body, String framing) throws IOException, InterruptedException {
        boolean chunked = framing.startsWith("Transfer-Encoding");
        byte[] head = head(ask, framing);
        byte[] front = Arrays.copyOf(body, body.length / 2);
        byte[] back = Arrays.copyOfRange(body, front.length, body.length);
        byte[] first = join(head, chunked && front.length > 0 ? Wire.chunk(front) : front);
        byte[] last = join(chunked && back.length > 0 ? Wire.chunk(back) : back,
                ascii(chunked ? "0\r\n\r\n" : ""), unasked(ask));
        if (ask.fault() == SoakFault.NONE || ask.fault() == SoakFault.LEFTOVER || ask.fault() == SoakFault.LAST) {
            wire.send(join(first, last));
            return ask.fault() != SoakFault.LAST;
        }
        wire.send(first);
        if (!half(ask)) {
            return false;
        }
        wire.send(last);
        return true;
    }

    /** What happens in the middle; false if the connection ended by it. */
    private boolean half(Ask ask) throws IOException, InterruptedException {
        switch (ask.fault()) {
            case HALF_RESET -> {
                // Else the reset may overtake what was sent.
                NodeClock.system().sleep(Duration.ofMillis(20));
                wire.reset();
                return false;
            }
            case HALF_CLOSE -> {
                return false;
            }
            case STALL -> NodeClock.system().sleep(STALL);
            case NONE, RESET_BEFORE, STUCK, LEFTOVER, LAST -> {
            }
        }
        return true;
    }

    private static byte[] unasked(Ask ask) {
        if (ask.fault() != SoakFault.LEFTOVER) {
            return new byte[0];
        }
        return ask.id().hashCode() % 2 == 0 ? UNASKED_ANSWER : UNASKED_BYTES;
    }

    private static byte[] head(Ask ask, String framing) {
        String status = switch (ask.kind()) {
            case NO_CONTENT -> "204 No Content";
            case NOT_MODIFIED -> "304 Not Modified";
            case STREAM, PLAIN, CHUNKED, UPLOAD, HEAD, SLOW_READER, LEAVER, UPLOAD_LEAVER, WEB_SOCKET -> "200 OK";
        };
        return ascii("HTTP/1.1 " + status + "\r\nX-Soak-Id: " + ask.id() + "\r\n" + framing
                + (ask.fault() == SoakFault.LAST ? "Connection: close\r\n" : "") + "\r\n");
    }

    private void echo(Ask ask) throws IOException {
        wire.send(ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-Soak-Id: " + ask.id() + "\r\n\r\n"));
        for (Frame frame = Frame.read(wire.in());; frame = Frame.read(wire.in())) {
            wire.send(frame.bytes(false));
            if (frame.opcode() == Frame.CLOSE) {
                return;
            }
        }
    }

    private static byte[] join(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
