// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** One connection to the server, which streams of one client use. Confined to the event loop. */
final class ServerSession extends Http2EventAdapter implements SessionHandler.User {

    /** A stream, as the server answers it. */
    interface User {

        /** An interim head, the answer's head, or its trailers. */
        void answerHead(Http2Headers head, boolean end);

        /** A piece of the answer's body has come; how many bytes of it need no room any more. */
        int answerData(ByteBuf data, int padding, boolean end);

        /** The server has reset the stream. */
        void serverReset(long code);

        /** The stream is closed. */
        void serverClosed();
    }

    /** Learns what becomes of it. */
    interface Owner {

        /** The server's SETTINGS have come: it can be used. */
        void ready(ServerSession session);

        /** A stream has ended: there may be room for another. */
        void room(ServerSession session);

        /** It is closed. */
        void closed(ServerSession session);
    }

    private final Owner owner;
    private final SessionLog log;
    private final SessionHandler handler;
    private final Http2Connection.PropertyKey key;
    private boolean ready;
    private boolean leaving;

    ServerSession(Http2Limits limits, Owner owner, SessionLog log, FlushQueue flushes) {
        this.owner = owner;
        this.log = log;
        this.handler = SessionHandler.forServer(limits, this, this, flushes);
        this.key = handler.connection().newKey();
    }

    SessionHandler handler() {
        return handler;
    }

    boolean isReady() {
        return ready;
    }

    /** Whether the server takes one more stream on it. */
    boolean hasRoom() {
        Http2Connection connection = handler.connection();
        return ready && !leaving && !connection.goAwayReceived() && connection.local().canOpenStream();
    }

    /** Opens a stream; its number, or -1 if that cannot be. */
    int open(User user, Http2Headers head, boolean end) {
        Http2Connection connection = handler.connection();
        int id = connection.local().incrementAndGetNextStreamId();
        if (id < 0) {
            leaving = true;
            return -1;
        }
        handler.head(id, head, end, written -> {});
        Http2Stream opened = connection.stream(id);
        if (opened == null) {
            return -1;
        }
        opened.setProperty(key, user);
        return id;
    }

    /** Ends a stream whose answer is of no use any more; nothing of it is reported from now on. */
    void forget(int id) {
        Http2Stream stream = handler.connection().stream(id);
        if (stream != null) {
            stream.removeProperty(key);
            handler.reset(id, Http2Error.CANCEL.code());
        }
    }

    void close() {
        leaving = true;
        var _ = handler.channel().close();
    }

    private @Nullable User user(int id) {
        Http2Stream stream = handler.connection().stream(id);
        return stream == null ? null : stream.getProperty(key);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
        if (!ready) {
            ready = true;
            owner.ready(this);
        }
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers head, int dependency, short weight,
            boolean exclusive, int padding, boolean end) {
        User user = user(id);
        if (user != null) {
            user.answerHead(head, end);
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
        User user = user(id);
        return user == null ? data.readableBytes() + padding : user.answerData(data, padding, end);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code) {
        User user = user(id);
        if (user != null) {
            user.serverReset(code);
        }
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int last, long code, ByteBuf debug) {
        endIfUnused();
    }

    @Override
    public boolean came(int bytes) {
        return true;
    }

    @Override
    public void streamClosed(Http2Stream stream) {
        User user = stream.removeProperty(key);
        if (user != null) {
            user.serverClosed();
        }
        endIfUnused();
        owner.room(this);
    }

    private void endIfUnused() {
        if (handler.connection().goAwayReceived() && handler.connection().numActiveStreams() == 0) {
            close();
        }
    }

    @Override
    public void streamBroken(Http2Exception cause) {
        log.serverBroken(String.valueOf(cause.getMessage()));
    }

    @Override
    public void sessionBroken(Throwable cause) {
        log.serverBroken(String.valueOf(cause.getMessage()));
    }

    @Override
    public void closed() {
        leaving = true;
        owner.closed(this);
    }
}
