// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.util.function.Consumer;

import dev.lastcall.agent.gate.tls.StreamEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection of HTTP/2 on Netty's codec, at its strictest: the frames that go out, and what ends streams and the
 * connection. A connection's window is as wide as can be: each stream has its own bound, so one that does not move holds up no
 * other. Confined to the event loop.
 */
final class SessionHandler extends Http2ConnectionHandler implements FlushQueue.Member {

    /** Most resets of one connection in {@link #RESET_SECONDS}: clients of streams cancel often, behind one proxy all of them. */
    static final int MOST_RESETS = 1000;
    private static final int RESET_SECONDS = 30;
    private static final int WIDEST_WINDOW = Integer.MAX_VALUE;

    /** Learns what becomes of a connection and its streams. */
    interface User {

        /** So many bytes have come; false if that is a flood, which ends the connection. */
        boolean came(int bytes);

        /** A stream is closed, for whatever reason. */
        void streamClosed(Http2Stream stream);

        /** A stream broke a rule, and has been reset. */
        void streamBroken(Http2Exception cause);

        /** The connection broke a rule, and ends. */
        void sessionBroken(Throwable cause);

        /** The connection is closed. */
        void closed();
    }

    private final User user;
    private final FlushQueue flushes;
    private @Nullable ChannelHandlerContext context;
    private boolean widened;
    private boolean broken;
    private boolean queued;
    private @Nullable WithheldWrites withheld;

    private SessionHandler(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings,
            User user, FlushQueue flushes) {
        // Closing is closing: who sends a GOAWAY before it does so itself. The preface may be withheld.
        super(decoder, encoder, settings, true, false);
        this.user = user;
        this.flushes = flushes;
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                user.streamClosed(stream);
            }
        });
    }

    /** The client's side of the gate. */
    static SessionHandler forClient(Http2Limits limits, User user, Http2FrameListener frames, FlushQueue flushes) {
        Http2Settings settings = new Http2Settings().maxConcurrentStreams(limits.concurrentStreams())
                .initialWindowSize(limits.window())
                .maxHeaderListSize(limits.headBytes());
        SessionHandler handler = new Builder(user, flushes).of(true, settings, frames, limits);
        // A client may not know the limit yet. Of a stream that Netty refuses, the rest would be a fault of the connection.
        handler.connection().remote().maxActiveStreams(Integer.MAX_VALUE);
        return handler;
    }

    /** The server's side of the gate. */
    static SessionHandler forServer(Http2Limits limits, User user, Http2FrameListener frames, FlushQueue flushes) {
        Http2Settings settings = new Http2Settings().pushEnabled(false)
                .initialWindowSize(limits.window())
                .maxHeaderListSize(limits.headBytes());
        return new Builder(user, flushes).of(false, settings, frames, limits);
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext added = context;
        if (added == null) {
            throw new IllegalStateException("the session has no channel yet");
        }
        return added;
    }

    Channel channel() {
        return context().channel();
    }

    /** Sends nothing, not even the preface, until {@link #release}. */
    void withhold() {
        withheld = new WithheldWrites();
    }

    /** Sends what has been withheld, and what comes after it. */
    void release() {
        WithheldWrites kept = withheld;
        if (kept != null) {
            withheld = null;
            channel().pipeline().remove(kept);
            flushLater();
        }
    }

    /** Writes a head or trailers. */
    void head(int stream, Http2Headers head, boolean end, Consumer<Boolean> written) {
        var _ = encoder().writeHeaders(context(), stream, head, 0, end, promise(written));
        flushLater();
    }

    /** Writes a piece of a body, which it releases, as the other side's windows and its socket let it. */
    void data(int stream, ByteBuf data, boolean end, Consumer<Boolean> written) {
        var _ = encoder().writeData(context(), stream, data, 0, end, promise(written));
        flushLater();
    }

    /** The listener is there before the frame is written: Netty closes the stream by a listener of its own. */
    private ChannelPromise promise(Consumer<Boolean> written) {
        return context().newPromise().addListener(done -> written.accept(done.isSuccess()));
    }

    /** Resets a stream, if it is there still. */
    void reset(int stream, long code) {
        if (connection().stream(stream) != null) {
            var _ = resetStream(context(), stream, code, context().newPromise());
            flushLater();
        }
    }

    /** Resets a stream that breaks a rule; too many of them end the connection. */
    void refuse(int stream, Http2Error error) {
        var _ = encoder().writeRstStream(context(), stream, error.code(), context().newPromise());
        flushLater();
    }

    /**
     * Announces the end of the connection. Netty itself is not to know: it would take the rest of a stream above {@code last},
     * which its client sent before it knew, for a fault that ends the connection and all that is in flight on it.
     */
    void goAway(int last) {
        var _ = encoder().frameWriter()
                .writeGoAway(context(), last, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER,
                        context().newPromise());
        flushLater();
    }

    /** So many bytes of a stream have been taken by the other side of the gate: its peer may send as many more. */
    void consumed(int stream, int bytes) {
        try {
            if (decoder().flowController().consumeBytes(connection().stream(stream), bytes)) {
                flushLater();
            }
        } catch (Http2Exception e) {
            onError(context(), false, e);
        }
    }

    /** Lets a stream have so many bytes more under way. */
    void widen(int stream, int bytes) {
        Http2Stream one = connection().stream(stream);
        if (one != null && one.state().remoteSideOpen()) {
            try {
                decoder().flowController().incrementWindowSize(one, bytes);
                flushLater();
            } catch (Http2Exception e) {
                onError(context(), false, e);
            }
        }
    }

    /** Takes bytes that were read before it was there, as if they came from the handler in front of it. */
    void receive(ByteBuf bytes) {
        try {
            channelRead(context(), bytes);
        } catch (Exception e) {
            exceptionCaught(context(), e);
        }
    }

    /** Sends what is written, then the end of the stream; what still comes is read on. */
    void shutAfterWriting() {
        Channel channel = channel();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> StreamEnd.send(channel));
    }

    /** How many bytes the socket has not taken yet. */
    long pendingBytes() {
        ChannelOutboundBuffer pending = channel().unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes();
    }

    void flushLater() {
        if (!queued) {
            queued = true;
            flushes.add(this);
        }
    }

    @Override
    public void flushNow() {
        queued = false;
        flush(context());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        if (withheld != null) {
            ctx.pipeline().addBefore(ctx.name(), null, withheld);
        }
        super.handlerAdded(ctx);
        openWindow(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        openWindow(ctx);
        flushLater();
    }

    private void openWindow(ChannelHandlerContext ctx) throws Http2Exception {
        if (!widened && ctx.channel().isActive()) {
            widened = true;
            Http2Stream all = connection().connectionStream();
            decoder().flowController()
                    .incrementWindowSize(all, WIDEST_WINDOW - decoder().flowController().windowSize(all));
            flushLater();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (broken) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof ByteBuf bytes && !user.came(bytes.readableBytes())) {
            bytes.release();
            onError(ctx, false, Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM,
                    "far more frames without a payload than with one"));
        } else {
            super.channelRead(ctx, message);
        }
    }

    @Override
    protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
            Http2Exception.StreamException error) {
        if (!outbound) {
            user.streamBroken(error);
        }
        super.onStreamError(ctx, outbound, cause, error);
    }

    @Override
    protected void onConnectionError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
            @Nullable Http2Exception error) {
        if (!broken) {
            broken = true;
            user.sessionBroken(cause);
        }
        release();
        super.onConnectionError(ctx, outbound, cause, error);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        user.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        onError(ctx, false, cause);
        var _ = ctx.channel().close();
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<SessionHandler, Builder> {

        private final User user;
        private final FlushQueue flushes;

        Builder(User user, FlushQueue flushes) {
            this.user = user;
            this.flushes = flushes;
        }

        SessionHandler of(boolean server, Http2Settings settings, Http2FrameListener frames, Http2Limits limits) {
            server(server);
            initialSettings(settings);
            frameListener(frames);
            validateHeaders(true);
            validateRequiredPseudoHeaders(true);
            headerSensitivityDetector((name, value) -> isSecret(name));
            encoderIgnoreMaxHeaderListSize(false);
            gracefulShutdownTimeoutMillis(limits.linger().toMillis());
            if (server) {
                decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS);
                encoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS);
            } else {
                maxReservedStreams(0);
            }
            return build();
        }

        /** What must not be found out by trying values against a table that connections share. */
        private static boolean isSecret(CharSequence name) {
            return switch (name.toString()) {
                case "authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key" -> true;
                default -> false;
            };
        }

        @Override
        protected SessionHandler build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder,
                Http2Settings settings) {
            return new SessionHandler(decoder, encoder, settings, user, flushes);
        }
    }
}
