// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * One data worker's connection: sends a GET, hands the body over byte by byte as it comes, and is used again for the
 * next GET to the same origin if the body was read to its end. Confined to its worker, except {@link #abort()}.
 */
public final class RangeConnection implements AutoCloseable {

    /** Real stores send one to two KiB. */
    private static final int MAX_HEAD_BYTES = 32 * 1024;

    private static final int MAX_INTERIM_RESPONSES = 8;
    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    private final Dialer dialer;
    private final ByteBuffer head = ByteBuffer.allocate(MAX_HEAD_BYTES).flip();
    private @Nullable Origin origin;
    private long bodyLeft;
    private boolean reusable;
    private volatile @Nullable Transport transport;
    private volatile boolean aborted;

    /** Connects when first asked for something. */
    public RangeConnection(Dialer dialer) {
        this.dialer = dialer;
    }

    /**
     * Sends a GET and reads the head of the response.
     *
     * @param target path and query, already encoded
     * @param headers complete lines {@code Name: value}, without {@code Host}
     * @throws EOFException if the peer closed before it answered
     */
    public ResponseHead get(Origin to, String target, List<String> headers) throws IOException {
        Optional<HttpProxy> relay = to.tls() ? Optional.empty() : dialer.proxy(to);
        StringBuilder request = new StringBuilder(512).append("GET ")
                .append(relay.isPresent() ? to + target : target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(to.hostHeader())
                .append("\r\n");
        relay.flatMap(HttpProxy::authorization)
                .ifPresent(value -> request.append("Proxy-Authorization: ").append(value).append("\r\n"));
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        byte[] bytes = request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        boolean kept = transport != null && !aborted && reusable && bodyLeft == 0 && to.equals(origin);
        try {
            return ofOrigin(exchange(kept ? currentTransport() : connect(to), bytes), relay, to);
        } catch (EOFException | SocketException e) {
            if (!kept || aborted) {
                throw e;
            }
            // The server had closed the idle connection: that says nothing of the request.
            return ofOrigin(exchange(connect(to), bytes), relay, to);
        }
    }

    /** A proxy that relays plain requests answers in the store's place when it wants a password (RFC 9110, 15.5.8). */
    private ResponseHead ofOrigin(ResponseHead response, Optional<HttpProxy> relay, Origin to) throws ProxyException {
        if (response.status() == PROXY_AUTHENTICATION_REQUIRED && relay.isPresent()) {
            release();
            throw Tunnel.refused(relay.get(), to, response.status());
        }
        return response;
    }

    private Transport currentTransport() throws SocketException {
        Transport current = transport;
        if (current == null || aborted) {
            throw new SocketException("the connection was aborted");
        }
        return current;
    }

    private Transport connect(Origin to) throws IOException {
        release();
        aborted = false;
        origin = to;
        head.clear().flip();
        Transport opened = dialer.dial(to, opening -> transport = opening);
        transport = opened;
        if (aborted) {
            opened.close();
        }
        return opened;
    }

    private ResponseHead exchange(Transport over, byte[] request) throws IOException {
        bodyLeft = -1;
        reusable = false;
        over.write(ByteBuffer.wrap(request));
        for (int interim = 0; interim < MAX_INTERIM_RESPONSES; interim++) {
            ResponseHead response = readHead(over);
            if (response.status() >= 200) {
                bodyLeft = bodyLength(response);
                reusable = bodyLeft >= 0 && response.all("connection")
                        .stream()
                        .noneMatch(value -> value.toLowerCase(Locale.ROOT).contains("close"));
                return response;
            }
        }
        throw new WireException("more than " + MAX_INTERIM_RESPONSES + " interim responses");
    }

    private ResponseHead readHead(Transport over) throws IOException {
        int scanned = head.position();
        while (true) {
            for (; scanned + 3 < head.limit(); scanned++) {
                if (head.get(scanned) == '\r' && head.get(scanned + 1) == '\n' && head.get(scanned + 2) == '\r'
                        && head.get(scanned + 3) == '\n') {
                    byte[] bytes = new byte[scanned - head.position()];
                    head.get(bytes);
                    head.position(scanned + 4);
                    return HeadParser.parse(bytes, bytes.length);
                }
            }
            scanned -= head.position();
            head.compact();
            if (!head.hasRemaining()) {
                throw new WireException("a response head larger than " + MAX_HEAD_BYTES + " bytes");
            }
            int count = over.read(head);
            head.flip();
            if (count < 0) {
                throw new EOFException("the peer closed the connection before it answered");
            }
        }
    }

    /** -1 where the length is not known beforehand: such a body is never read. */
    private static long bodyLength(ResponseHead response) throws WireException {
        if (response.status() == 204 || response.status() == 304) {
            return 0;
        }
        List<String> lengths = response.all("content-length");
        if (!response.all("transfer-encoding").isEmpty() || lengths.isEmpty()) {
            return -1;
        }
        String length = lengths.getFirst();
        if (lengths.stream().anyMatch(other -> !other.equals(length)) || !length.matches("\\d{1,18}")) {
            throw new WireException("a malformed Content-Length");
        }
        return Long.parseLong(length);
    }

    /** Bytes of the body not yet read; empty where the server did not say. */
    public Optional<Long> bodyLeft() {
        return bodyLeft < 0 ? Optional.empty() : Optional.of(bodyLeft);
    }

    /**
     * Reads some of the body, never beyond its end.
     *
     * @return bytes read, at least one while any are left and the destination has room; 0 at the end
     * @throws EOFException if the peer closes before the length it promised
     */
    public int read(ByteBuffer destination) throws IOException {
        if (bodyLeft <= 0) {
            return 0;
        }
        int limit = destination.limit();
        if (destination.remaining() > bodyLeft) {
            destination.limit(destination.position() + (int) bodyLeft);
        }
        try {
            int count;
            if (head.hasRemaining()) {
                count = Math.min(head.remaining(), destination.remaining());
                destination.put(head.slice(head.position(), count));
                head.position(head.position() + count);
            } else {
                count = currentTransport().read(destination);
            }
            if (count < 0) {
                throw new EOFException("the body ended " + bodyLeft + " bytes early");
            }
            bodyLeft -= count;
            return count;
        } finally {
            destination.limit(limit);
        }
    }

    /**
     * Reads the body of a response that is only there to explain itself, as much of it as {@code maxBytes}; the
     * connection is not used again if there is more.
     */
    public byte[] readSmallBody(int maxBytes) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(maxBytes);
        if (bodyLeft >= 0) {
            while (body.hasRemaining() && bodyLeft > 0) {
                read(body);
            }
        } else {
            readToEnd(body);
        }
        byte[] bytes = new byte[body.flip().remaining()];
        body.get(bytes);
        return bodyLeft >= 0 ? bytes : Chunks.unwrap(bytes);
    }

    /** A body without a length, raw, to the last chunk or to the end of the connection. */
    private void readToEnd(ByteBuffer body) throws IOException {
        int scanned = 0;
        while (body.hasRemaining()) {
            if (head.hasRemaining()) {
                int count = Math.min(head.remaining(), body.remaining());
                body.put(head.slice(head.position(), count));
                head.position(head.position() + count);
            } else if (currentTransport().read(body) < 0) {
                return;
            }
            for (; scanned + 4 < body.position(); scanned++) {
                if (body.get(scanned) == '0' && body.get(scanned + 1) == '\r' && body.get(scanned + 2) == '\n'
                        && body.get(scanned + 3) == '\r' && body.get(scanned + 4) == '\n') {
                    return;
                }
            }
        }
    }

    /** Ends the current exchange: keeps the connection if its body was read to the end, else closes it. */
    public void finish() {
        if (bodyLeft != 0 || !reusable || aborted) {
            release();
        }
    }

    /** From any thread: ends whatever the worker waits for; the worker sees an {@link IOException}. */
    public void abort() {
        aborted = true;
        Transport current = transport;
        if (current != null) {
            current.abort();
        }
    }

    private void release() {
        Transport current = transport;
        transport = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public void close() {
        release();
    }
}
