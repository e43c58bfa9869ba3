// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.lastcall.metadata.NodeClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A gate's own connections, of one client and of one server, without a socket or a thread between them: what one side sends
 * is decoded, judged and written to the other before the call returns. Not thread-safe.
 */
final class MemoryGate implements AutoCloseable {

    /** What its clients' memory is taken from; enough for any input of a fuzz test. */
    private static final long BUDGET_BYTES = 64L << 20;
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final GateSettings SETTINGS = GateSettings.of(NOWHERE, NOWHERE);
    private static final Answers ANSWERS = Answers.with(Duration.ofSeconds(1));
    private static final GateLog LOG = new GateLog(NOWHERE, NodeClock.system());
    private static final Faults FAULTS = Faults.watch();

    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, false, true);
    private final EmbeddedChannel client = new EmbeddedChannel();
    private final EmbeddedChannel server = new EmbeddedChannel();
    private final RequestAccounting accounting = new RequestAccounting();
    private final GateBudget budget = GateBudget.of(BUDGET_BYTES, 8);
    private final GateLoop loop = new GateLoop(
            new GateContext(client.eventLoop(), SETTINGS, accounting, NodeClock.system(),
                    ANSWERS, LOG, budget, new RouteDurations(0), Optional.empty()));
    private Cut cut = new Cut(0, 0);

    MemoryGate() {
        client.config().setAllocator(memory);
        server.config().setAllocator(memory);
        budget.connected();
        loop.adopt(client, false);
        ResponseDecoder decoder = new ResponseDecoder(SETTINGS.limits());
        UpstreamConnection connection = new UpstreamConnection(loop.pool(), server, decoder, budget);
        server.pipeline().addLast(decoder, connection);
        loop.pool().keep(connection);
    }

    /** What a client gets where the server's answer is of no use. */
    static byte[] unusable() {
        EmbeddedChannel channel = new EmbeddedChannel();
        WriteBuffer out = new WriteBuffer(channel);
        ANSWERS.unusable().write(false, out);
        out.flush();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        take(channel, bytes);
        channel.finishAndReleaseAll();
        return bytes.toByteArray();
    }

    /** The client sends. */
    void fromClient(byte[] bytes, int from, int length) {
        feed(client, bytes, from, length);
    }

    /** The server sends. */
    void fromServer(byte[] bytes, int from, int length) {
        feed(server, bytes, from, length);
    }

    private void feed(EmbeddedChannel channel, byte[] bytes, int from, int length) {
        if (channel.isOpen()) {
            channel.writeInbound(channel.alloc().buffer(length).writeBytes(bytes, from, length));
        }
        run();
    }

    /** The server ends its side in order. */
    void serverEnds() {
        if (server.isOpen()) {
            server.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        run();
    }

    /** The client is gone. */
    void clientLeaves() {
        var _ = client.close();
        run();
    }

    void closeDoor() {
        accounting.closeDoor();
        loop.doorClosed();
        run();
    }

    void openDoor() {
        accounting.openDoor();
    }

    /** Begins a cut. */
    void cut() {
        cut = new Cut(accounting.nextOrder(), 1);
        loop.cut(cut);
        run();
    }

    /** Cuts what the last cut left. */
    void cutHard(boolean evenIfComplete) {
        loop.cutHard(cut, evenIfComplete);
        run();
    }

    /** The gate's process ends. */
    void leave() {
        loop.leave();
        run();
    }

    /** Time for what is looked at every now and then. */
    void tick() {
        client.advanceTimeBy(GateLoop.TICK_MILLIS, TimeUnit.MILLISECONDS);
        client.runScheduledPendingTasks();
        run();
    }

    GateCounts counts() {
        return accounting.counts(Duration.ZERO);
    }

    /** What the last cut waits for. */
    int leftOfCut() {
        return cut.left();
    }

    private void run() {
        client.runPendingTasks();
        server.runPendingTasks();
        client.checkException();
        server.checkException();
        FAULTS.check();
    }

    /** Takes what the client has got since the last call. */
    void takeToClient(ByteArrayOutputStream into) {
        take(client, into);
    }

    /** Takes what the server has got since the last call. */
    void takeToServer(ByteArrayOutputStream into) {
        take(server, into);
    }

    private static void take(EmbeddedChannel from, ByteArrayOutputStream into) {
        for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            try {
                bytes.readBytes(into, bytes.readableBytes());
            } catch (IOException e) {
                throw new AssertionError("memory takes every byte", e);
            } finally {
                bytes.release();
            }
        }
    }

    /** Whether the client's connection was broken off, so that it cannot take what it has for the whole. */
    boolean hasReset() {
        return !client.isOpen();
    }

    /** Whether the connection to the server waits for another request. */
    boolean keepsServer() {
        return server.isOpen() && loop.pool().idleCount() == 1;
    }

    /** Ends both sides, and finds what was not given back. */
    @Override
    public void close() {
        client.finishAndReleaseAll();
        loop.stop();
        server.finishAndReleaseAll();
        client.runScheduledPendingTasks();
        expect(accounting.inFlight() == 0, "requests in flight on no connection: " + accounting.inFlight());
        expect(budget.heldBytes() == 0, "bytes booked for no connection: " + budget.heldBytes());
        long used = memory.metric().usedHeapMemory() + memory.metric().usedDirectMemory();
        expect(used == 0, "bytes of buffers that were not released: " + used);
    }

    /** The faults of a gate's own, which end a connection and are logged. */
    private static final class Faults extends AppenderBase<ILoggingEvent> {

        private final AtomicReference<@Nullable ILoggingEvent> first = new AtomicReference<>();

        static Faults watch() {
            Faults faults = new Faults();
            faults.start();
            if (LoggerFactory.getLogger(Gate.class) instanceof Logger logger) {
                logger.addAppender(faults);
            }
            return faults;
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == Level.ERROR) {
                first.compareAndSet(null, event);
            }
        }

        void check() {
            ILoggingEvent event = first.getAndSet(null);
            if (event != null) {
                Throwable cause = event.getThrowableProxy() instanceof ThrowableProxy proxy
                        ? proxy.getThrowable()
                        : null;
                throw new AssertionError(event.getFormattedMessage(), cause);
            }
        }
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
