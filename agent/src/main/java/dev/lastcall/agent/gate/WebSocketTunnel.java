// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;

/**
 * A WebSocket after its handshake: bytes pass as they are, both ways, and count as in flight until the socket ends.
 * Confined to the event loop.
 */
final class WebSocketTunnel implements Served, UpstreamConnection.User {

    /** Service restart: the client may connect again, elsewhere (RFC 6455's registry of close codes). */
    private static final int SERVICE_RESTART = 1012;
    /** Going away, which is all that a client may say to a server of the same thing. */
    private static final int GOING_AWAY = 1001;
    private static final int FINAL_CLOSE_FRAME = 0x88;
    private static final int MASKED = 0x80;
    private static final int CODE_BYTES = 2;
    private static final byte[] REASON = "node is being reclaimed".getBytes(StandardCharsets.US_ASCII);

    /** The client's side. */
    interface Client {

        /** Books what waits for it to be taken. */
        void weighIfHolding();

        /** Ends it after what is written. */
        void endGently();

        /** Ends it so that the client cannot take what it has for the whole. */
        void reset();
    }

    private final RequestAccounting accounting;
    private final Client client;
    private final WriteBuffer out;
    private final ReadControl fromClient;
    private final UpstreamConnection server;
    private final Exchange exchange;
    private final WebSocketFrameTracker toServer = new WebSocketFrameTracker();
    private final WebSocketFrameTracker toClient = new WebSocketFrameTracker();
    private boolean cutPending;
    private boolean over;

    WebSocketTunnel(RequestAccounting accounting, Client client, WriteBuffer out, ReadControl fromClient,
            UpstreamConnection server, Exchange exchange) {
        this.accounting = accounting;
        this.client = client;
        this.out = out;
        this.fromClient = fromClient;
        this.server = server;
        this.exchange = exchange;
        accounting.webSocketOpened();
    }

    @Override
    public long heldBytes() {
        return Exchange.BYTES + server.out().pendingBytes();
    }

    @Override
    public boolean holdsBytes() {
        return false;
    }

    @Override
    public void setSmall(boolean small) {
        // What it holds does not grow: it reads from either side only while the other takes it.
    }

    @Override
    public void tick(long now, long bodyNanos) {
        // A WebSocket may be quiet for as long as it likes.
    }

    @Override
    public long startedNanos(long fallback) {
        return fallback;
    }

    @Override
    public boolean join(Cut cut) {
        return exchange.join(cut);
    }

    /** Begins to pass bytes. */
    void begin() {
        server.upgrade(this);
        writabilityChanged();
    }

    void fromClient(ByteBuf bytes) {
        if (over) {
            bytes.release();
            return;
        }
        toServer.pass(bytes);
        server.out().raw(bytes);
    }

    @Override
    public void received(Object message) {
        if (over || !(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        accounting.bodySent(bytes.readableBytes());
        if (!cutPending) {
            toClient.pass(bytes);
            out.raw(bytes);
            return;
        }
        int length = toClient.passToFrameEnd(bytes);
        out.raw(length < 0 ? bytes : bytes.slice(bytes.readerIndex(), length));
        if (length >= 0) {
            endByFrame();
        }
    }

    @Override
    public void flushToServer() {
        server.out().flush();
    }

    @Override
    public void receivedAll() {
        out.flush();
        client.weighIfHolding();
    }

    /** Either side can take more, or no more. */
    @Override
    public void writabilityChanged() {
        if (!over) {
            server.setReading(out.isWritable());
            fromClient.setReading(server.isWritable());
        }
    }

    @Override
    public void clientWritabilityChanged() {
        writabilityChanged();
    }

    @Override
    public void clientGone() {
        if (end(toServer.isClosed() || toClient.isClosed() ? Outcome.COMPLETED : Outcome.CLIENT_GONE)) {
            server.closeAfterWriting();
        }
    }

    @Override
    public void upstreamEnded(boolean broken) {
        boolean unclean = broken && !toClient.isClosed();
        if (end(unclean ? Outcome.LOST : Outcome.COMPLETED)) {
            if (unclean) {
                client.reset();
            } else {
                client.endGently();
            }
        }
    }

    /** Ends it with a close frame, as soon as it is between two frames. */
    @Override
    public void cut() {
        if (over) {
            return;
        }
        if (toClient.isBetweenFrames()) {
            endByFrame();
        } else {
            cutPending = true;
        }
    }

    @Override
    public void cutHard(boolean evenIfComplete) {
        if (end(Outcome.CUT_WEB_SOCKET)) {
            server.close();
            client.reset();
        }
    }

    private void endByFrame() {
        if (!toClient.isClosed()) {
            ByteBuf frame = out.room(4 + REASON.length);
            frame.writeByte(FINAL_CLOSE_FRAME).writeByte(CODE_BYTES + REASON.length).writeShort(SERVICE_RESTART);
            frame.writeBytes(REASON);
        }
        if (!toServer.isClosed() && toServer.isBetweenFrames()) {
            int mask = ThreadLocalRandom.current().nextInt();
            server.out()
                    .room(8)
                    .writeByte(FINAL_CLOSE_FRAME)
                    .writeByte(MASKED | CODE_BYTES)
                    .writeInt(mask)
                    .writeShort(GOING_AWAY ^ mask >>> 16);
        }
        if (end(Outcome.CUT_WEB_SOCKET)) {
            server.closeAfterWriting();
            client.endGently();
        }
    }

    /** Ends it once: in flight until now, and no longer. */
    private boolean end(Outcome outcome) {
        if (over) {
            return false;
        }
        over = true;
        accounting.webSocketEnded();
        exchange.tunnelEnded(outcome);
        return true;
    }
}
