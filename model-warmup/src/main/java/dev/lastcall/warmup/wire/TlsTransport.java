// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * TLS by JSSE's engine over a plain transport. Records are decrypted straight into the caller's buffer while it has
 * room for a whole one.
 */
final class TlsTransport implements Transport {

    /** Several records a read: a record is at most 16 KiB and some (RFC 8446, 5.1). */
    private static final int CIPHERTEXT_BYTES = 128 * 1024;

    private static final int END = -1;
    private static final int NOT_YET = -2;

    private final Transport inner;
    private final SSLEngine engine;
    private final ByteBuffer received = ByteBuffer.allocate(CIPHERTEXT_BYTES).flip();
    private final ByteBuffer outgoing;
    private final ByteBuffer spare;

    private TlsTransport(Transport inner, SSLEngine engine) {
        this.inner = inner;
        this.engine = engine;
        this.outgoing = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.spare = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
    }

    /** Shakes hands; the certificate must be for the host that the engine was made for. */
    static TlsTransport handshake(Transport inner, SSLEngine engine) throws IOException {
        TlsTransport transport = new TlsTransport(inner, engine);
        engine.beginHandshake();
        transport.shake();
        return transport;
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
        inner.write(outgoing.flip());
    }

    /**
     * One record, or one step of a handshake.
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
                    return END;
                }
                case BUFFER_OVERFLOW -> throw new SSLException("a TLS record larger than the session allows");
                case BUFFER_UNDERFLOW -> {
                    if (!mayBlock) {
                        return NOT_YET;
                    }
                    received.compact();
                    int count = inner.read(received);
                    received.flip();
                    if (count < 0) {
                        // Without close_notify: whoever reads a body of known length sees that it is short.
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
        int record = engine.getSession().getApplicationBufferSize();
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
    public void close() {
        inner.close();
    }
}
