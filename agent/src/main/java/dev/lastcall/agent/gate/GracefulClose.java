// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.gate.tls.StreamEnd;
import dev.lastcall.metadata.NodeClock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * How a client's connection ends, so that no request on the wire meets a reset. Confined to the event loop.
 *
 * <pre>
 *   TAKING ──last answer──▶ ENDING ──written──▶ SHUT ──quiet, or the client's end──▶ closed
 * </pre>
 */
final class GracefulClose {

    /** However much a client goes on sending, or however little it reads, its connection ends no later than this. */
    private static final long MOST_NANOS = 30_000_000_000L;

    /** So much of a refused upload is read at full speed: most clients read the answer only when they have sent it all. */
    static final long FREE_BYTES = 64L * 1024 * 1024;
    /** After that so much is read in each tick: a client that sends without end must not keep the event loop busy. */
    static final long BYTES_PER_TICK = 128L * 1024;

    /** So long the answer to a request that is refused waits: longer than a healthy node's quickest answers take. */
    private static final long HOLD_MILLIS = 100;

    private enum Phase {
        /** Requests are taken. */
        TAKING,
        /** The last bytes are being written; what still comes is thrown away. */
        ENDING,
        /** The end of the stream is written; what still comes is read for a while. */
        SHUT
    }

    private final Channel channel;
    private final WriteBuffer out;
    private final NodeClock clock;
    private final long lingerNanos;
    private Phase phase = Phase.TAKING;
    private long since;
    private long until;
    private long allowance = FREE_BYTES;

    GracefulClose(Channel channel, WriteBuffer out, NodeClock clock, Duration linger) {
        this.channel = channel;
        this.out = out;
        this.clock = clock;
        this.lingerNanos = linger.toNanos();
    }

    /** No request is taken any more; false if none was before. */
    boolean begin() {
        if (phase != Phase.TAKING) {
            return false;
        }
        phase = Phase.ENDING;
        since = clock.nanoTime();
        return true;
    }

    /** Does something after a moment, if the client is there then. Its answer is that which waits. */
    void hold(Runnable then) {
        var _ = channel.eventLoop().schedule(() -> {
            if (channel.isOpen()) {
                then.run();
            }
        }, HOLD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Sends what is written, then the end of the stream, and lets be read on for a while. */
    void shutAfterWriting() {
        out.finish().addListener(written -> {
            if (phase != Phase.SHUT && channel.isActive()) {
                phase = Phase.SHUT;
                since = clock.nanoTime();
                until = since + lingerNanos;
                StreamEnd.send(channel);
            }
        });
    }

    /** Throws away what a client still sends, and lets it do so for a while longer. */
    void throwAway(Object message) {
        allowance -= switch (message) {
            case ByteBuf bytes -> bytes.readableBytes();
            case HttpContent content -> content.content().readableBytes();
            default -> 0;
        };
        ReferenceCountUtil.release(message);
        if (phase == Phase.SHUT) {
            until = since + Math.min(clock.nanoTime() - since + lingerNanos, MOST_NANOS);
        }
    }

    /** Whether more may be read to be thrown away, before the next tick. */
    boolean mayRead() {
        return allowance > 0;
    }

    /** Ends the connection so that the client cannot take what it has for the whole. */
    void reset() {
        begin();
        out.drop();
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            var _ = channel.close();
        }
    }

    /** Closes it when it has been quiet for long enough, and resets it when the client does not take the last bytes. */
    void tick(long now, boolean serves) {
        allowance = Math.max(allowance, BYTES_PER_TICK);
        switch (phase) {
            case TAKING -> {
            }
            case ENDING -> {
                if (!serves && now - since > MOST_NANOS) {
                    reset();
                }
            }
            case SHUT -> {
                if (now - until >= 0) {
                    var _ = channel.close();
                }
            }
        }
    }
}
