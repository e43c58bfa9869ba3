// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.List;
import java.util.stream.Stream;

/** Requests at the edges of RFC 9112: those that a strict server refuses, and those that only look odd. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
final class SmugglingCorpus {

    private static final String POST = "POST / HTTP/1.1\r\nHost: h\r\n";
    private static final String CHUNKS = "5\r\nhello\r\n0\r\n\r\n";

    private SmugglingCorpus() {}

    /** Each is malformed, or two servers could read it in two ways. */
    static Stream<String> refused() {
        return Stream.of(framings(), chunks(), lines(), names(), absolute()).flatMap(List::stream);
    }

    private static List<String> framings() {
        return Stream.of("Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, gzip",
                "Transfer-Encoding: chunked,", "Transfer-Encoding: , chunked", "Transfer-Encoding: chunked chunked",
                "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: 'chunked'", "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunkedx", "Transfer-Encoding: chunked;a=b", "Transfer-Encoding:",
                "Transfer-Encoding:\u000bchunked",
                "Transfer-Encoding:\fchunked", "Transfer-Encoding: chunked\u00a0", "Transfer-Encoding: chunked\0",
                "Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked", "Transfer-Encoding\0: chunked",
                "Transfer-Encoding\u00ff: chunked\r\nContent-Length: 5", " Transfer-Encoding: chunked",
                "\tTransfer-Encoding: chunked",
                "X: y\r\n Transfer-Encoding: chunked", "Transfer-Encoding:\r\n chunked",
                "X: y\nTransfer-Encoding: chunked",
                "X: y\rTransfer-Encoding: chunked", "X: y\r\r\nTransfer-Encoding: chunked",
                "X: y\0\r\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nContent-Length: 5",
                "Content-Length: 5, 5",
                "Content-Length: 5, 6", "Content-Length: +5", "Content-Length: -5", "Content-Length: 0x5",
                "Content-Length: 5 5",
                "Content-Length: 5.0", "Content-Length: 5e0", "Content-Length: 5;", "Content-Length: \"5\"",
                "Content-Length:",
                "Content-Length: \u0665", "Content-Length: 18446744073709551621", "Content-Length: 4294967301x",
                "Content-Length : 5", "Content-Length\t: 5", " Content-Length: 5", "Content-Length: 5\n",
                "Content-Length: 5\0")
                .map(fields -> POST + fields + "\r\n\r\n" + CHUNKS)
                .toList();
    }

    private static List<String> chunks() {
        return Stream.of("5 \r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "\t5\r\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5h\r\nhello\r\n0\r\n\r\n",
                "\r\n5\r\nhello\r\n0\r\n\r\n",
                ";a\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello\r0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "4\r\nhello\r\n0\r\n\r\n",
                "5;a\nb\r\nhello\r\n0\r\n\r\n", "5;a\rb\r\nhello\r\n0\r\n\r\n", "5;a\0\r\nhello\r\n0\r\n\r\n",
                "10000000000000005\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\r\n0\n\r\n",
                "5\r\nhello\r\n0 \r\n\r\n", "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n", "5\r\nhello\r\n0\r\n X: a\r\n\r\n",
                "5\r\nhello\r\n0\r\nX : a\r\n\r\n", "5\r\nhello\r\n0\r\n: a\r\n\r\n",
                "5\r\nhello\r\n0\r\nno colon\r\n\r\n",
                "5\r\nhello\r\n0\r\nX: a\nY: b\r\n\r\n", "5\r\nhello\r\n0\r\nX: a\rY: b\r\n\r\n",
                "5\r\nhello\r\n0\r\nX: \0\r\n\r\n",
                "5\r\nhello\r\n0\r\n\n", "5\r\nhello\r\n0\r\nX(: a\r\n\r\n")
                .map(body -> POST + "Transfer-Encoding: chunked\r\n\r\n" + body)
                .toList();
    }

    private static List<String> lines() {
        return Stream.of("GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ", "GET\t/ HTTP/1.1",
                "GET /\tHTTP/1.1",
                "GET /a b HTTP/1.1", "GET / http/1.1", "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/01.1",
                "GET / HTTP/1.01",
                "GET / HTTP/1.10", "GET / HTTP/2.0", "GET / HTTP/0.9", "GET / HTTPS/1.1", "GET /", "GET",
                "G(T / HTTP/1.1",
                "G\0T / HTTP/1.1", "G\u00c9T / HTTP/1.1", "GET \u0001 HTTP/1.1", "GET /\u007f HTTP/1.1",
                "GET a HTTP/1.1",
                "GET * HTTP/1.1", "POST * HTTP/1.1", "GET  HTTP/1.1", "CONNECT h:80 HTTP/1.1", "CONNECT /a HTTP/1.1",
                "CONNECT * HTTP/1.1", "CONNECT http://h/ HTTP/1.1", "GET http:///a HTTP/1.1", "GET / HTTP/1.1\n",
                "GET / HTTP/1.1\r",
                "GET /\r HTTP/1.1", "GET / HTTP/1.1\0", "GET ftp://h/ HTTP/1.1")
                .map(line -> line + "\r\nHost: h\r\n\r\n")
                .toList();
    }

    private static List<String> names() {
        return Stream
                .of("X: y", "Host: h\r\nHost: h", "Host: h\r\nHost: other", "Host: a, b", "Host: a b", "Host: u@h",
                        "Host: h/p",
                        "Host: h\\p", "Host: h?q", "Host: h#f", "Host : h", " Host: h", "Host: h\r\n\tx", "Host: h\0",
                        "Host: h\u00e9",
                        "Host: h\r\nX y: z", "Host: h\r\n: z", "Host: h\r\nno colon", "Host: h\r\nX(: z",
                        "Host: h\r\nX\u0001: z",
                        "Host: h\r\nX: a\u0007b", "Host: h\r\nX: a\u007fb", "Host: h\r\n\"X\": z", "Host: h\r\nX,Y: z")
                .map(fields -> "GET / HTTP/1.1\r\n" + fields + "\r\n\r\n")
                .toList();
    }

    /** A target that names a host does not stand in for Host (RFC 9112, 3.2). */
    private static List<String> absolute() {
        return List.of("GET http://h/a HTTP/1.1\r\n\r\n", "GET http://h HTTP/1.1\r\nX: y\r\n\r\n",
                "OPTIONS http://h HTTP/1.1\r\n\r\n");
    }

    /** Each can be read in one way only. */
    static Stream<String> taken() {
        String chunked = POST + "Transfer-Encoding: chunked\r\n\r\n";
        return Stream.of("\r\n" + POST + "Content-Length: 5\r\n\r\nhello", POST + "Content-Length: 05\r\n\r\nhello",
                POST + "Content-Length:5\r\n\r\nhello", POST + "Content-Length: \t 5 \t\r\n\r\nhello",
                POST + "Transfer-Encoding:\tCHUNKED \r\n\r\n" + CHUNKS,
                POST + "tRANSFER-eNCODING: chunked\r\n\r\n" + CHUNKS,
                chunked + "05\r\nhello\r\n000\r\n\r\n", chunked + "5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n",
                chunked + "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
                "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "get / HTTP/1.1\r\nHost: h\r\n\r\n",
                "M-SEARCH / HTTP/1.1\r\nHOST: [::1]:80\r\n\r\n",
                "GET //a/../b?c=http://d HTTP/1.1\r\nhost: h\r\n\r\n", "GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET HTTP://H/a HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h/a HTTP/1.1\r\nHost: h:80\r\n\r\n",
                "GET http://h:80/a HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: \u00e9\r\nX:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: host, content-length, x\r\nX: y\r\n\r\n");
    }
}
