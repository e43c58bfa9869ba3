// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.List;
import java.util.Random;

/** Makes sequences of requests that are right, nearly right, and wrong. Not thread-safe. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
final class RequestFuzz {

    /** After it the gate ends the connection, so that a test need not wait. */
    static final String LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    private static final List<String> LINE_ENDS = List.of("\r\n", "\n", "\r", "\r\r\n", "\n\r", " \r\n", "\r\n ",
            "\r\n\t", "\0\r\n");
    private static final List<String> FRAMINGS = List.of("Content-Length: 5", "Content-Length: 0", "Content-Length: 05",
            "Content-Length: +5", "Content-Length: -5", "Content-Length: 5, 5", "Content-Length: 5 5",
            "Content-Length: 0x5",
            "Content-Length:", "Content-Length: 5\t", "Content-Length: 18446744073709551621", "Content-Length : 5",
            "content_length: 5", "Content-Length\0: 5", "Transfer-Encoding: chunked", "Transfer-Encoding: Chunked",
            "Transfer-Encoding : chunked", "Transfer-Encoding:\tchunked", "Transfer-Encoding:\u000bchunked",
            "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: identity, chunked",
            "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked;q=1",
            "Transfer-Encoding:", "transfer_encoding: chunked", "Transfer-Encoding: identity",
            " Transfer-Encoding: chunked",
            "X: y\nTransfer-Encoding: chunked", "X: y\rContent-Length: 5", "Connection: content-length",
            "Connection: transfer-encoding", "Connection: host", "Expect: 100-continue", "TE: trailers", "Trailer: x",
            "Upgrade: websocket\r\nConnection: Upgrade", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings");
    private static final List<String> LINES = List.of("GET / HTTP/1.1", "POST /a HTTP/1.1", "GET /a HTTP/1.0",
            "OPTIONS * HTTP/1.1",
            "GET * HTTP/1.1", "GET http://h/a HTTP/1.1", "GET http://other/a HTTP/1.1", "GET http://h HTTP/1.1",
            "GET http://u@h/ HTTP/1.1", "GET https://h/ HTTP/1.1", "CONNECT h:80 HTTP/1.1", "CONNECT /a HTTP/1.1",
            "GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "GET / HTTP/1.1 ",
            "GET / http/1.1",
            "GET / HTTP/1.2", "GET / HTTP/2.0", "GET / HTTP/01.1", "GET / HTTP/1.10", "GET /", "G(T / HTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET /\u0001 HTTP/1.1", "HEAD /h HTTP/1.1", "DELETE /d HTTP/1.1", "get /lower HTTP/1.1",
            "GET //x/../y?z#f HTTP/1.1");
    private static final List<String> HOSTS = List.of("Host: h", "Host: h", "Host: h", "Host: h:80", "Host:",
            "Host: h\r\nHost: h",
            "Host: a, b", "Host: u@h", "Host: h/p", "Host : h", "X: y");
    private static final List<String> BODIES = List.of("hello", "5\r\nhello\r\n0\r\n\r\n",
            "5;x=y\r\nhello\r\n0\r\n\r\n",
            "05\r\nhello\r\n000\r\n\r\n", "5\r\nhello\r\n0\r\nX-T: v\r\n\r\n",
            "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
            "5\r\nhello\r\n0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
            "5\r\nhelloX\r\n0\r\n\r\n", "4\r\nhello\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n",
            "5;\n\r\nhello\r\n0\r\n\r\n",
            "5;a\rb\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff5\r\nhello\r\n0\r\n\r\n",
            "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n", "5\r\nhello\r\n0\r\nX : a\r\n\r\n",
            "5\r\nhello\r\n0\r\n: a\r\n\r\n",
            "5\r\nhello\r\n0\r\nX: a\nY: b\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n", "", "\r\n",
            "0\r\n\r\n",
            "5\r\nhello\r\n0\r\nX: \0\r\n\r\n", "\r\n5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
            "\u00055\r\nhello\r\n0\r\n\r\n");

    private final Random random;

    RequestFuzz(Random random) {
        this.random = random;
    }

    /** A few requests one after the other, and the last one. */
    byte[] sequence() {
        StringBuilder text = new StringBuilder();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            text.append(random.nextInt(3) == 0 ? right(random) : crafted());
        }
        text.append(LAST);
        return ReferenceParser.bytes(random.nextInt(4) == 0 ? mutated(text) : text.toString());
    }

    /** A request that no parser can read in two ways. */
    static String right(Random random) {
        String body = "b".repeat(random.nextInt(40));
        String line = random.nextBoolean() ? "POST /r" + random.nextInt(9) : "PUT /p?q=" + random.nextInt(9);
        String head = line + " HTTP/1.1\r\nHost: h\r\nX-A: " + random.nextInt() + "\r\n";
        return switch (random.nextInt(3)) {
            case 0 -> "GET /g" + random.nextInt(9) + " HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n";
            case 1 -> head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
            default ->
                head + "Transfer-Encoding: chunked\r\n\r\n" + (body.isEmpty() ? "" : Peer.chunk(body)) + "0\r\n\r\n";
        };
    }

    private String crafted() {
        String end = random.nextInt(12) == 0 ? one(LINE_ENDS) : "\r\n";
        StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? one(LINES) : one(LINES.subList(0, 3)));
        text.append(random.nextInt(20) == 0 ? one(LINE_ENDS) : "\r\n");
        text.append(random.nextInt(4) == 0 ? one(HOSTS) : "Host: h").append(end);
        for (int left = random.nextInt(3); left > 0; left--) {
            text.append(one(FRAMINGS)).append(random.nextInt(12) == 0 ? one(LINE_ENDS) : "\r\n");
        }
        text.append("\r\n");
        return text.append(one(BODIES)).toString();
    }

    private String mutated(StringBuilder text) {
        for (int left = 1 + random.nextInt(2); left > 0; left--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.setCharAt(at, "\r\n\0 \t:;,0a\u007f\u00ff".charAt(random.nextInt(12)));
                case 1 -> text.deleteCharAt(at);
                default -> text.insert(at, "\r\n\0 \t:;,0a\u007f\u00ff".charAt(random.nextInt(12)));
            }
        }
        return text.toString();
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
