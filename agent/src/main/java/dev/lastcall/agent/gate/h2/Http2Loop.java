// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.lastcall.agent.gate.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** A gate's connections of HTTP/2 on one event loop. Confined to it. */
public final class Http2Loop implements ClientSession.Owner {

    /** How often the kernel is asked whether it has sent the last frames of streams. */
    private static final long SENT_LOOK_MILLIS = 50;

    private final Http2Context context;
    private final FlushQueue flushes;
    private final Set<ClientSession> sessions = new LinkedHashSet<>();
    private final Set<ClientSession> sending = new LinkedHashSet<>();
    private @Nullable ScheduledFuture<?> looking;

    /** Begins without a connection. */
    public Http2Loop(Http2Context context) {
        this.context = context;
        this.flushes = new FlushQueue(context.eventLoop());
    }

    /** Takes over a connection whose first bytes are HTTP/2's preface. */
    public void adopt(Channel channel, InetAddress client, ByteBuf bytes) {
        ClientSession session = new ClientSession(context, this, client, ClientTls.scheme(channel),
                flushes);
        sessions.add(session);
        session.begin(channel, bytes);
    }

    /** Asks every client to go elsewhere; what they send until they know is let in. */
    public void announce() {
        each(ClientSession::announce);
    }

    /** The door has been closed: clients learn which of their streams are served. */
    public void doorClosed() {
        each(ClientSession::doorClosed);
    }

    /** Cuts the streams that a cut reaches, as far as that can be done honestly at once. */
    public void cut(CutReach cut) {
        each(session -> session.cut(cut));
    }

    /** Cuts what the first cut left. */
    public void cutHard(CutReach cut, boolean evenIfComplete) {
        each(session -> session.cutHard(cut, evenIfComplete));
    }

    /** Looks for what has taken too long. */
    public void tick(long now) {
        each(session -> session.tick(now));
    }

    /** Begins to end every connection. */
    public void leave() {
        each(ClientSession::leave);
    }

    /** Ends every connection. */
    public void stop() {
        each(ClientSession::close);
    }

    /** When the oldest stream in flight was let in; {@code fallback} if none is. */
    public long oldestNanos(long fallback) {
        long oldest = fallback;
        for (ClientSession session : sessions) {
            oldest = session.oldestNanos(oldest);
        }
        return oldest;
    }

    /** Whether there is no connection. */
    public boolean isEmpty() {
        return sessions.isEmpty();
    }

    private void each(Consumer<ClientSession> task) {
        for (ClientSession session : sessions.toArray(ClientSession[]::new)) {
            task.accept(session);
        }
    }

    @Override
    public void awaitSent(ClientSession session) {
        sending.add(session);
        if (looking == null) {
            looking = context.eventLoop()
                    .scheduleWithFixedDelay(this::lookSent, SENT_LOOK_MILLIS, SENT_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookSent() {
        try {
            for (ClientSession session : sending.toArray(ClientSession[]::new)) {
                if (session.lookSent()) {
                    sending.remove(session);
                }
            }
        } catch (RuntimeException e) {
            context.log().unexpected(e);
        }
        if (sending.isEmpty() && looking != null) {
            looking.cancel(false);
            looking = null;
        }
    }

    @Override
    public void closed(ClientSession session) {
        sessions.remove(session);
        sending.remove(session);
    }
}
