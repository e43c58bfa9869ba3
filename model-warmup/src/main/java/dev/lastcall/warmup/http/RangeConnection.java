// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

import dev.lastcall.warmup.text.Amount;
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
    private @Nullable BodyReader body;
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
        boolean kept = transport != null && !aborted && reusable && isBodyRead() && to.equals(origin);
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
            throw ProxyException.of(to.toString(), relay.get(), response.status());
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
        body = null;
        reusable = false;
        over.write(ByteBuffer.wrap(request));
        for (int interim = 0; interim < MAX_INTERIM_RESPONSES; interim++) {
            ResponseHead response = readHead(over);
            if (response.status() >= 200) {
                BodyReader begun = new BodyReader(response, head);
                body = begun;
                // Two lengths are a contradiction that another reader may solve in another way (RFC 9112, 6.3).
                boolean isAmbiguous = !response.all("transfer-encoding").isEmpty()
                        && !response.all("content-length").isEmpty();
                reusable = begun.isDelimited() && !isAmbiguous
                        && response.all("connection")
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
                throw new WireException("a response head larger than " + Amount.of(MAX_HEAD_BYTES));
            }
            int count = over.read(head);
            head.flip();
            if (count < 0) {
                throw new EOFException("the peer closed the connection before it answered");
            }
        }
    }

    private boolean isBodyRead() {
        BodyReader current = body;
        return current != null && current.isAtEnd();
    }

    private BodyReader currentBody() throws SocketException {
        BodyReader current = body;
        if (current == null) {
            throw new SocketException("there is no response to read");
        }
        return current;
    }

    /** Length of the body as the head has it; empty where only its end shows it. */
    public OptionalLong bodyLength() {
        BodyReader current = body;
        return current == null ? OptionalLong.empty() : current.length();
    }

    /**
     * Reads some of the body, never beyond its end.
     *
     * @return bytes read, at least one while any are left and the destination has room; 0 at the end
     * @throws EOFException if the peer closes before the length it promised, or before the last chunk
     */
    public int read(ByteBuffer destination) throws IOException {
        return currentBody().read(currentTransport(), destination);
    }

    /**
     * Whether nothing of the body is left; waits for the mark of its end where it has one.
     *
     * @throws EOFException if the peer closes before that
     */
    public boolean isBodyOver() throws IOException {
        return currentBody().endsHere(currentTransport());
    }

    /**
     * Reads the body of a response that is only there to explain itself, as much of it as {@code maxBytes}; the
     * connection is not used again if there is more.
     */
    public byte[] readSmallBody(int maxBytes) throws IOException {
        return currentBody().small(currentTransport(), maxBytes);
    }

    /** Ends the current exchange: keeps the connection if its body was read to the end, else closes it. */
    public void finish() {
        if (!isBodyRead() || !reusable || aborted) {
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
