// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.lastcall.warmup.text.Amount;

/** Asks a proxy for a tunnel by CONNECT (RFC 9110, 9.3.6). */
final class Tunnel {

    private static final int MAX_HEAD_BYTES = 8 * 1024;

    private Tunnel() {}

    /** Returns once the transport leads to the origin. */
    static void open(Transport transport, HttpProxy proxy, Origin to) throws IOException {
        String authority = (to.host().indexOf(':') >= 0 ? "[" + to.host() + "]" : to.host()) + ":" + to.port();
        String credentials = proxy.authorization().map(value -> "Proxy-Authorization: " + value + "\r\n").orElse("");
        String request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + credentials + "\r\n";
        transport.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
        int status = readHead(transport).status();
        if (status / 100 != 2) {
            throw ProxyException.of(to.toString(), proxy, status);
        }
    }

    /** Byte by byte: what follows the head belongs to the other side. */
    private static ResponseHead readHead(Transport transport) throws IOException {
        byte[] head = new byte[MAX_HEAD_BYTES];
        ByteBuffer one = ByteBuffer.allocate(1);
        for (int length = 0; length < head.length; length++) {
            if (transport.read(one.clear()) < 0) {
                throw new EOFException("the proxy closed the connection before it answered");
            }
            head[length] = one.get(0);
            if (length >= 3 && head[length] == '\n' && head[length - 1] == '\r' && head[length - 2] == '\n'
                    && head[length - 3] == '\r') {
                return HeadParser.parse(head, length - 3);
            }
        }
        throw new WireException("a response head of the proxy larger than " + Amount.of(MAX_HEAD_BYTES));
    }
}
