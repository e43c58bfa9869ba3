// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * One client's connection of HTTP/2: lets its streams in or not, and ends so that its client knows of each stream whether the
 * server has seen it. Confined to the event loop.
 *
 * <pre>
 *  OPEN ──announced: GOAWAY(2^31-1)──▶ ANNOUNCED ──door closed──▶ CLOSING ──no stream left──▶ SHUT ──▶ closed
 *    └──────────────────────door closed: GOAWAY(last)───────────────▲
 * </pre>
 */
final class ClientSession extends Http2EventAdapter implements SessionHandler.User, ProxiedStream.Client {

    /** A connection, with its channel, its codec and its tables; and the same to the server. */
    static final long BASE_BYTES = 16 * 1024;
    /** A client that is to go is given so long to send what it sent before it knew. */
    private static final long ANNOUNCED_NANOS = 500_000_000L;
    /**
     * So long a connection that comes while the door is closed may ask for what is answered all the same: a probe. Until then
     * it gets no SETTINGS, so that a client which waits for them takes another server instead of one that has just gone.
     */
    private static final long WITHHELD_NANOS = 500_000_000L;
    /** What a decoded field takes beside its text, which is held twice. */
    private static final int FIELD_BYTES = 128;
    /** What a head counts for as payload, whatever its length. */
    private static final int HEAD_PAYLOAD_BYTES = 128;

    /** Looks after the sessions of one event loop. */
    interface Owner {

        /** A stream's last frame waits for the kernel to have sent it. */
        void awaitSent(ClientSession session);

        /** The connection is closed. */
        void closed(ClientSession session);
    }

    private enum Phase {
        OPEN, ANNOUNCED, CLOSING, SHUT
    }

    private final Http2Context context;
    private final Owner owner;
    private final SessionHandler handler;
    private final Http2Connection.PropertyKey key;
    private final Http2Connection.PropertyKey seen;
    private final ServerSessions servers;
    private final SessionMemory.Account account;
    private final ForwardedFields forwarded;
    private final FloodGuard guard;
    private final OwnAnswers answers;
    private final Set<ProxiedStream> streams = new LinkedHashSet<>();
    private final List<ProxiedStream> sending = new ArrayList<>();
    private Phase phase = Phase.OPEN;
    private boolean withheld;
    private int lastTaken;
    private long reserved;
    private long since;

    ClientSession(Http2Context context, Owner owner, InetAddress client, String scheme, FlushQueue flushes) {
        this.context = context;
        this.owner = owner;
        this.handler = SessionHandler.forClient(context.limits(), this, this, flushes);
        this.key = handler.connection().newKey();
        this.seen = handler.connection().newKey();
        this.servers = new ServerSessions(context, flushes);
        this.account = context.memory().open(client, () -> context.eventLoop().execute(this::evict));
        this.answers = new OwnAnswers(handler, context.retryAfter(), this::ended);
        this.forwarded = new ForwardedFields(client, scheme);
        this.since = context.nanoTime();
        this.guard = new FloodGuard(since);
    }

    /** Begins on a channel whose first bytes are HTTP/2's preface. */
    void begin(Channel channel, ByteBuf bytes) {
        if (context.books().isClosed()) {
            withheld = true;
            handler.withhold();
        }
        channel.pipeline().addLast(handler);
        if (account.hold(BASE_BYTES)) {
            account.setEvictable(true);
            handler.receive(bytes);
        } else {
            account.settle(BASE_BYTES);
            bytes.release();
            context.books().refused(StreamRefusal.MEMORY);
            var _ = channel.close();
        }
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers head, int dependency, short weight,
            boolean exclusive, int padding, boolean end) {
        Http2Stream stream = handler.connection().stream(id);
        if (stream == null) {
            return;
        }
        ProxiedStream known = stream.getProperty(key);
        if (known != null) {
            known.requestTrailers(head);
        } else if (stream.setProperty(seen, true) == null) {
            opened(stream, head, end);
        }
    }

    /** This is the moment at which a stream is let in or not. */
    private void opened(Http2Stream stream, Http2Headers head, boolean end) {
        String problem = RequestHead.problem(head);
        String path = RequestHead.path(head);
        StreamBooks books = context.books();
        if (phase == Phase.CLOSING || phase == Phase.SHUT) {
            // Its client learns from the GOAWAY before this that it was not served, and may send it again.
            books.refused(StreamRefusal.DRAINING);
            handler.reset(stream.id(), Http2Error.REFUSED_STREAM.code());
        } else if (streams.size() >= context.limits().concurrentStreams()) {
            handler.refuse(stream.id(), Http2Error.REFUSED_STREAM);
        } else if (problem != null) {
            books.refused(StreamRefusal.MALFORMED);
            handler.refuse(stream.id(), Http2Error.PROTOCOL_ERROR);
        } else if (context.paths().alwaysPasses(path)) {
            books.passed();
            account.settle(BASE_BYTES + reserved + weight(head));
            pass(stream, head, end, false, false);
        } else if (books.isUnready() && context.paths().isHealth(path)) {
            books.probeFailed();
            taken(stream.id());
            answers.answerProbe(stream.id(), head, path);
        } else if (!books.isClosed() && !account.hold(BASE_BYTES + reserved + weight(head))) {
            books.refused(StreamRefusal.MEMORY);
            taken(stream.id());
            answers.answer(stream.id(), head, GateAnswer.MEMORY);
        } else if (context.paths().isWatch(path) && !books.isClosed()) {
            books.passed();
            pass(stream, head, end, false, true);
        } else if (!context.paths().isWatch(path) && books.admit()) {
            pass(stream, head, end, true, false);
        } else {
            books.refused(StreamRefusal.DRAINING);
            doorClosed();
            handler.reset(stream.id(), Http2Error.REFUSED_STREAM.code());
        }
    }

    private long weight(Http2Headers head) {
        return context.limits().streamBytes() + (long) FIELD_BYTES * head.size();
    }

    private void pass(Http2Stream stream, Http2Headers head, boolean end, boolean counted, boolean watch) {
        taken(stream.id());
        long weight = weight(head);
        reserved += weight;
        ProxiedStream one = new ProxiedStream(context, this, handler, stream.id(), head, end, counted, watch,
                context.books().nextOrder(), weight);
        stream.setProperty(key, one);
        streams.add(one);
        forwarded.addTo(head);
        servers.open(one);
    }

    private void taken(int id) {
        lastTaken = Math.max(lastTaken, id);
        withheld = false;
        handler.release();
        account.setEvictable(false);
        guard.carried(HEAD_PAYLOAD_BYTES);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
        Http2Stream stream = handler.connection().stream(id);
        ProxiedStream one = stream == null ? null : stream.getProperty(key);
        return one == null ? data.readableBytes() + padding : one.requestData(data, padding, end);
    }

    @Override
    public boolean came(int bytes) {
        lookSent();
        return guard.came(bytes, context.nanoTime());
    }

    @Override
    public void carried(int bytes) {
        guard.carried(bytes);
    }

    @Override
    public void streamClosed(Http2Stream stream) {
        ProxiedStream one = stream.removeProperty(key);
        if (one != null) {
            one.clientClosed();
        }
    }

    @Override
    public void over(ProxiedStream stream) {
        if (streams.remove(stream)) {
            reserved -= stream.reservedBytes();
            account.settle(BASE_BYTES + reserved);
            ended();
        }
    }

    /** A stream has ended. */
    private void ended() {
        if (streams.isEmpty() && answers.areSent()) {
            since = context.nanoTime();
            account.setEvictable(true);
            if (phase == Phase.CLOSING) {
                shut();
            }
        }
    }

    @Override
    public boolean grow(int bytes) {
        if (context.memory().isTight() || !account.hold(BASE_BYTES + reserved + bytes)) {
            return false;
        }
        reserved += bytes;
        return true;
    }

    @Override
    public void awaitSent(ProxiedStream stream) {
        sending.add(stream);
        owner.awaitSent(this);
    }

    /** Looks whether the kernel has sent the last frames of streams; true if none waits any more. */
    boolean lookSent() {
        if (!sending.isEmpty() && context.socket().isSent(handler.channel())) {
            List<ProxiedStream> sent = List.copyOf(sending);
            sending.clear();
            sent.forEach(stream -> stream.sent(true));
        }
        return sending.isEmpty();
    }

    /** The client is to go elsewhere; what it sends until it knows is let in. */
    void announce() {
        if (phase == Phase.OPEN) {
            phase = Phase.ANNOUNCED;
            since = context.nanoTime();
            handler.goAway(Integer.MAX_VALUE);
        }
    }

    /** The door is closed: the client learns which streams are served; it may send the later ones again, elsewhere. */
    void doorClosed() {
        streams.stream().toList().forEach(ProxiedStream::endWatch);
        if (phase == Phase.OPEN || phase == Phase.ANNOUNCED) {
            phase = Phase.CLOSING;
            withheld = false;
            handler.release();
            handler.goAway(lastTaken);
            ended();
        }
    }

    /** Sends what is written, then the end of the stream, and reads on for a while: nothing on the wire meets a reset. */
    private void shut() {
        if (phase == Phase.SHUT) {
            return;
        }
        phase = Phase.SHUT;
        since = context.nanoTime();
        context.eventLoop().execute(handler::shutAfterWriting);
    }

    private void evict() {
        if (phase == Phase.SHUT) {
            close();
        } else if (streams.isEmpty() && answers.areSent()) {
            doorClosed();
        } else {
            account.settle(BASE_BYTES + reserved);
        }
    }

    /** Looks for what has taken too long. */
    void tick(long now) {
        long quiet = now - since;
        boolean idle = streams.isEmpty() && answers.areSent();
        servers.tick(now);
        account.settle(BASE_BYTES + reserved + handler.pendingBytes());
        if (withheld) {
            if (quiet > WITHHELD_NANOS) {
                close();
            }
            return;
        }
        if (context.books().isLeaving()) {
            announce();
        }
        switch (phase) {
            case OPEN -> {
                if (idle && quiet > context.limits().idle().toNanos()) {
                    doorClosed();
                }
            }
            case ANNOUNCED -> {
                if (idle && quiet > ANNOUNCED_NANOS) {
                    doorClosed();
                }
            }
            case CLOSING -> {
            }
            case SHUT -> {
                if (quiet > context.limits().linger().toNanos()) {
                    close();
                }
            }
        }
    }

    void cut(CutReach scope) {
        streams.stream().toList().forEach(stream -> stream.cut(scope));
    }

    void cutHard(CutReach scope, boolean evenIfComplete) {
        streams.stream().toList().forEach(stream -> stream.cutHard(scope, evenIfComplete));
    }

    /** The agent ends: the client learns which streams were served, and what is not whole is reset. */
    void leave() {
        doorClosed();
        streams.stream().toList().forEach(ProxiedStream::abandon);
    }

    void close() {
        var _ = handler.channel().close();
    }

    /** When the oldest of its streams was let in; {@code fallback} if none counts as in flight. */
    long oldestNanos(long fallback) {
        long oldest = fallback;
        for (ProxiedStream stream : streams) {
            long started = stream.startedNanos(fallback);
            oldest = oldest - started > 0 ? started : oldest;
        }
        return oldest;
    }

    @Override
    public void streamBroken(Http2Exception cause) {
        if (cause instanceof Http2Exception.HeaderListSizeException) {
            context.books().refused(StreamRefusal.TOO_LARGE);
        } else if (cause.error() == Http2Error.PROTOCOL_ERROR) {
            // Not what comes of a stream after it has been reset: its client could not know yet.
            context.books().refused(StreamRefusal.MALFORMED);
        }
    }

    @Override
    public void sessionBroken(Throwable cause) {
        if (cause instanceof Http2Exception) {
            context.books().refused(StreamRefusal.MALFORMED);
            context.log().clientEnded(String.valueOf(cause.getMessage()));
        } else if (!(cause instanceof IOException)) {
            context.log().unexpected(cause);
        }
    }

    @Override
    public void closed() {
        List<ProxiedStream> unsent = List.copyOf(sending);
        sending.clear();
        unsent.forEach(stream -> stream.sent(false));
        servers.close();
        account.close();
        context.books().disconnected();
        owner.closed(this);
    }
}
