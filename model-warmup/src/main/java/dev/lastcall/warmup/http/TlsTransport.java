// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Optional;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

import io.netty.util.ReferenceCountUtil;

/**
 * TLS by an engine over a plain transport. Records are decrypted straight into the caller's buffer while it has room for a
 * whole one.
 */
final class TlsTransport implements Transport {

    /** Several records a read: a record is at most 16 KiB and some (RFC 8446, 5.1). */
    private static final int CIPHERTEXT_BYTES = 128 * 1024;

    /** An engine may write what it owes of the handshake before the record that it is asked for. */
    private static final int OUTGOING_RECORDS = 2;

    private static final int END = -1;
    private static final int NOT_YET = -2;

    private final Transport inner;
    private final SSLEngine engine;
    private final Optional<Arena> memory;
    private final ByteBuffer received;
    private final ByteBuffer outgoing;
    private final ByteBuffer spare;
    private boolean isClosed;

    @SuppressWarnings("MustBeClosedChecker") // it lives as long as the connection, and goes with it
    private TlsTransport(Transport inner, SSLEngine engine, boolean isNative) {
        this.inner = inner;
        this.engine = engine;
        this.memory = isNative ? Optional.of(Arena.ofShared()) : Optional.empty();
        this.received = allocate(CIPHERTEXT_BYTES).flip();
        this.outgoing = allocate(OUTGOING_RECORDS * recordBytes());
        this.spare = allocate(recordBytes()).flip();
    }

    private ByteBuffer allocate(int bytes) {
        return memory.isPresent() ? memory.get().allocate(bytes).asByteBuffer() : ByteBuffer.allocate(bytes);
    }

    /** Room for whatever a record holds: BoringSSL wants as much for its content as its ciphertext has. */
    private int recordBytes() {
        return Math.max(engine.getSession().getApplicationBufferSize(), engine.getSession().getPacketBufferSize());
    }

    /** Shakes hands; the certificate must be for the origin's host. */
    static TlsTransport handshake(Transport inner, TlsEngines engines, Origin origin) throws IOException {
        TlsTransport transport = new TlsTransport(inner, engines.engine(origin.host(), origin.port()),
                engines.isNative());
        try {
            transport.engine.beginHandshake();
            transport.shake();
            return transport;
        } catch (IOException | RuntimeException e) {
            transport.close();
            throw e;
        }
    }

    private void shake() throws IOException {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> send(nothing);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    // Application data can follow the last message of the handshake in the same segment.
                    spare.clear();
                    int count = unwrap(spare, true);
                    spare.flip();
                    if (count == END) {
                        throw new SSLException("the peer closed the connection in the TLS handshake");
                    }
                    if (spare.hasRemaining()) {
                        return;
                    }
                }
            }
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private void send(ByteBuffer source) throws IOException {
        outgoing.clear();
        SSLEngineResult result = engine.wrap(source, outgoing);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED && outgoing.position() == 0) {
            throw new SSLException("the TLS connection is closed");
        }
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            throw new SSLException("the TLS engine wants more room for a record than it said");
        }
        inner.write(outgoing.flip());
    }

    /**
     * One record or several, or one step of a handshake.
     *
     * @param mayBlock whether to read from the peer where what has come is less than a record
     * @return bytes produced, 0 for none, or {@link #END} or {@link #NOT_YET}
     */
    private int unwrap(ByteBuffer destination, boolean mayBlock) throws IOException {
        while (true) {
            SSLEngineResult result = engine.unwrap(received, destination);
            if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                runTasks();
            }
            switch (result.getStatus()) {
                case OK -> {
                    return result.bytesProduced();
                }
                case CLOSED -> {
                    // An engine that takes several records at once may have met the last bytes and the end together.
                    return result.bytesProduced() > 0 ? result.bytesProduced() : END;
                }
                case BUFFER_OVERFLOW -> {
                    // An engine that takes several records at once says so, too, when the last did not fit.
                    if (result.bytesProduced() == 0) {
                        throw new SSLException("a TLS record larger than the session allows");
                    }
                    return result.bytesProduced();
                }
                case BUFFER_UNDERFLOW -> {
                    if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                            || result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
                        // It is our turn: to wait for the peer here would be to wait for each other.
                        return 0;
                    }
                    if (!mayBlock) {
                        return NOT_YET;
                    }
                    received.compact();
                    int count = inner.read(received);
                    received.flip();
                    if (count < 0) {
                        // Without close_notify: a reader of a body of known length sees that it is short.
                        return END;
                    }
                }
            }
        }
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
        if (spare.hasRemaining()) {
            return drainSpare(destination);
        }
        int record = recordBytes();
        int total = 0;
        while (destination.hasRemaining()) {
            boolean isDirect = destination.remaining() >= record;
            int count = isDirect ? unwrap(destination, total == 0) : unwrapToSpare(total == 0);
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                send(ByteBuffer.allocate(0));
            }
            if (count == NOT_YET) {
                return total;
            }
            if (count == END) {
                return total > 0 ? total : -1;
            }
            total += isDirect ? count : drainSpare(destination);
        }
        return total;
    }

    private int unwrapToSpare(boolean mayBlock) throws IOException {
        spare.clear();
        int count = unwrap(spare, mayBlock);
        spare.flip();
        return count;
    }

    private int drainSpare(ByteBuffer destination) {
        int count = Math.min(spare.remaining(), destination.remaining());
        destination.put(spare.slice(spare.position(), count));
        spare.position(spare.position() + count);
        return count;
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            send(source);
        }
    }

    @Override
    public void abort() {
        inner.abort();
    }

    @Override
    public void close() {
        inner.close();
        if (!isClosed) {
            isClosed = true;
            // Of a native engine; for Java's own this does nothing.
            ReferenceCountUtil.release(engine);
            memory.ifPresent(Arena::close);
        }
    }
}
