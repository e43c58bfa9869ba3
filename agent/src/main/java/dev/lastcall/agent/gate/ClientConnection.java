// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.function.Consumer;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import dev.lastcall.agent.gate.Ledger.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: takes its requests one after the other, and ends so that no request on the wire meets a
 * reset. Confined to the event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    /** However much a client goes on sending, or however little it reads, its connection ends no later than this. */
    private static final long MOST_LINGER_NANOS = 30_000_000_000L;
    /** Idle connections are closed at moments spread over this part of the time there is, not all at once. */
    private static final double LEAST_GENTLE = 0.4;

    private final GateLoop loop;
    private final Channel channel;
    private final RequestDecoder decoder;
    private final Outflow out;
    private final Heads heads;
    private final double gentleShare;
    private final ArrayDeque<Object> backlog = new ArrayDeque<>(2);
    private @Nullable Exchange exchange;
    private @Nullable Tunnel tunnel;
    private boolean served;
    private boolean endsNext;
    private boolean ending;
    private long endingSince;
    private boolean outputShut;
    private long lingerStart;
    private long lingerEnd;
    private long quietSince;
    private long headSince;
    private boolean insideHead;

    ClientConnection(GateLoop loop, Channel channel, RequestDecoder decoder) {
        this.loop = loop;
        this.channel = channel;
        this.decoder = decoder;
        this.out = new Outflow(channel);
        InetAddress address = channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
        this.heads = new Heads(address == null ? InetAddress.getLoopbackAddress() : address,
                loop.settings().upstream());
        this.quietSince = loop.nanoTime();
        this.gentleShare = LEAST_GENTLE + (1 - LEAST_GENTLE) * ((channel.id().hashCode() & 0xff) / 255.0);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (tunnel != null && message instanceof ByteBuf bytes) {
            tunnel.fromClient(bytes);
        } else if (ending || tunnel != null) {
            ReferenceCountUtil.release(message);
            lingerOn();
        } else if (message instanceof HttpRequest request) {
            Turn turn = loop.turnFor(request);
            if (exchange == null && backlog.isEmpty()) {
                take(turn);
            } else {
                backlog.add(turn);
                updateReading();
            }
        } else if (message instanceof HttpContent content) {
            if (!backlog.isEmpty()) {
                backlog.add(content);
            } else if (exchange != null) {
                exchange.requestContent(content);
            } else {
                content.release();
            }
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (tunnel != null) {
            tunnel.flushToServer();
        } else if (exchange != null) {
            exchange.flushRequest();
            updateReading();
        } else if (!ending) {
            noteHead();
        }
    }

    private void noteHead() {
        boolean inside = decoder.isInsideHead();
        if (inside && !insideHead) {
            headSince = loop.nanoTime();
        }
        insideHead = inside;
    }

    private void take(Turn turn) {
        insideHead = false;
        served = true;
        switch (turn) {
            case Turn.Forward forward -> {
                Exchange next = new Exchange(loop, this, forward.request(), forward.survey(), forward.counted());
                exchange = next;
                next.start();
            }
            case Turn.Refuse refuse -> answer(refuse.answer(), refuse.toHead(), written -> {});
        }
    }

    /** The exchange's answer has been written, or cannot be; the next request's turn has come. */
    void exchangeEnded(Exchange ended, boolean keeps) {
        if (exchange != ended) {
            return;
        }
        exchange = null;
        quietSince = loop.nanoTime();
        if (!keeps || ending || endsNext) {
            endGently();
            return;
        }
        while (!backlog.isEmpty() && !ending && (exchange == null || !(backlog.peek() instanceof Turn))) {
            Object next = backlog.poll();
            if (next instanceof Turn turn) {
                take(turn);
            } else if (next instanceof HttpContent content) {
                passOn(content);
            }
        }
        if (exchange != null) {
            exchange.flushRequest();
        } else {
            noteHead();
        }
        updateReading();
    }

    private void passOn(HttpContent content) {
        if (exchange != null) {
            exchange.requestContent(content);
        } else {
            content.release();
        }
    }

    /** Writes the gate's own answer, tells whether it reached the socket, and ends the connection. */
    void answer(Answer answer, boolean toHead, Consumer<Boolean> written) {
        beginToEnd();
        answer.write(toHead, out);
        out.finish().addListener(done -> {
            written.accept(done.isSuccess());
            exchange = null;
            endGently();
        });
        updateReading();
    }

    /** The exchange has become a WebSocket. */
    void tunnel(Tunnel next) {
        exchange = null;
        tunnel = next;
        dropBacklog(Outcome.CLIENT_GONE);
        next.begin();
        channel.pipeline().remove(decoder);
    }

    /** Sends what is written, then the end of the stream, and reads on for a while; what still comes is thrown away. */
    void endGently() {
        beginToEnd();
        tunnel = null;
        dropBacklog(Outcome.CLIENT_GONE);
        setReading(true);
        out.finish().addListener(written -> shutOutput());
    }

    private void beginToEnd() {
        if (!ending) {
            ending = true;
            endingSince = loop.nanoTime();
        }
    }

    private void shutOutput() {
        if (!outputShut && channel.isActive() && channel instanceof DuplexChannel duplex) {
            outputShut = true;
            lingerStart = loop.nanoTime();
            lingerEnd = lingerStart + loop.settings().times().linger().toNanos();
            var _ = duplex.shutdownOutput();
        }
    }

    private void lingerOn() {
        if (outputShut) {
            lingerEnd = Math.min(loop.nanoTime() - lingerStart + loop.settings().times().linger().toNanos(),
                    MOST_LINGER_NANOS) + lingerStart;
        }
    }

    /** Ends the connection so that the client cannot take what it has for the whole. */
    void reset() {
        ending = true;
        out.drop();
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            var _ = channel.close();
        }
    }

    /** Reads from the client unless its bytes would pile up here. */
    void updateReading() {
        if (tunnel == null) {
            setReading(ending || (backlog.isEmpty() && (exchange == null || exchange.wantsToRead())));
        }
    }

    void setReading(boolean reading) {
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    boolean hasBacklog() {
        return !backlog.isEmpty();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    Outflow out() {
        return out;
    }

    Heads heads() {
        return heads;
    }

    /** When the request that is being served was admitted; {@code fallback} if none is. */
    long startedNanos(long fallback) {
        return exchange != null && exchange.isCounted() ? exchange.startedNanos() : fallback;
    }

    /** Looks for what has taken too long. */
    void tick(long now) {
        GateSettings.Times times = loop.settings().times();
        if (outputShut) {
            if (now - lingerEnd >= 0) {
                var _ = channel.close();
            }
        } else if (ending) {
            if (now - endingSince > MOST_LINGER_NANOS) {
                reset();
            }
        } else if (exchange != null) {
            if (exchange.isStalled(now - times.requestBody().toNanos())) {
                exchange.requestTimedOut();
            }
        } else if (tunnel == null) {
            if (insideHead) {
                if (now - headSince > times.requestHead().toNanos()) {
                    loop.ledger().refused(Refusal.TIMEOUT);
                    answer(loop.answers().headTimeout(), false, written -> {});
                }
            } else if (now - quietSince > (served ? times.clientIdle() : times.requestHead()).toNanos()
                    || loop.isClosedFor(now, quietSince, (long) (times.gentle().toNanos() * gentleShare))) {
                endGently();
            }
        }
    }

    void cut() {
        if (tunnel != null) {
            tunnel.cut();
        } else if (exchange != null) {
            if (!backlog.isEmpty()) {
                endsNext = true;
                dropBacklog(Outcome.CUT_NOT_BEGUN);
            }
            exchange.cut();
        }
    }

    void cutHard(boolean evenIfComplete) {
        if (tunnel != null) {
            tunnel.cutHard();
        } else if (exchange != null) {
            exchange.cutHard(evenIfComplete);
        }
        dropBacklog(Outcome.CUT_NOT_BEGUN);
    }

    /** Books and releases the requests whose turn never came. */
    private void dropBacklog(Outcome outcome) {
        for (Object next = backlog.poll(); next != null; next = backlog.poll()) {
            if (next instanceof Turn.Forward forward) {
                if (forward.counted()) {
                    loop.ledger().finish(outcome);
                }
            } else {
                ReferenceCountUtil.release(next);
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (tunnel != null) {
            tunnel.writabilityChanged();
        } else if (exchange != null) {
            exchange.clientWritabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.disconnected(this);
        out.drop();
        Exchange current = exchange;
        Tunnel open = tunnel;
        exchange = null;
        tunnel = null;
        ending = true;
        if (current != null) {
            current.clientGone();
        }
        if (open != null) {
            open.clientClosed();
        }
        dropBacklog(Outcome.CLIENT_GONE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            loop.unexpected(cause);
        }
        var _ = channel.close();
    }
}
