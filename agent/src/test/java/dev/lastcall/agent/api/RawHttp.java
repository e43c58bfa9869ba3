// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Sends bytes as they are and reads until the peer hangs up. */
final class RawHttp {

    private final SocketAddress address;

    private RawHttp(SocketAddress address) {
        this.address = address;
    }

    static RawHttp tcp(int port) {
        return new RawHttp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    static RawHttp local(Path socket) {
        return new RawHttp(UnixDomainSocketAddress.of(socket));
    }

    String get(String path) {
        return send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    String post(String path, String body, String... headers) {
        StringBuilder head = new StringBuilder();
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return send("POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + head + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    String send(String request) {
        try (SocketChannel channel = SocketChannel.open(address)) {
            write(channel, request);
            return readAll(channel);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    SocketChannel open() throws IOException {
        return SocketChannel.open(address);
    }

    /** From another address of this machine, so that it is another peer's. */
    SocketChannel openFrom(String from) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        channel.connect(address);
        return channel;
    }

    static void write(SocketChannel channel, String text) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException hungUp) {
            // The peer has had enough; what it answered is still to be read.
            bytes.clear();
        }
    }

    static String readAll(SocketChannel channel) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(8192);
        try {
            while (channel.read(part) >= 0) {
                all.write(part.array(), 0, part.position());
                part.clear();
            }
        } catch (IOException reset) {
            return all.toString(StandardCharsets.UTF_8) + "[reset]";
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
