// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import org.jspecify.annotations.Nullable;

/**
 * Reads from one connection, or does not. Netty's switch alone does not hold: once the peer has ended its side (FIN, or a
 * reset) epoll's channels read on to the end whatever {@code autoRead} says, and all that the kernel holds lands in this
 * process. Here a pause is a pause; an end that comes in it is reported at once, and what lies before the end is read when
 * reading goes on. Confined to the event loop.
 *
 * <pre>
 *   reading ⇄ paused ──peer has ended──▶ ended, paused ⇄ ended, reading
 * </pre>
 */
final class ReadControl extends DefaultMaxMessagesRecvByteBufAllocator {

    /** The most that is read at once. */
    static final int MOST_BYTES = RequestDecoder.PIECE_BYTES;
    /** The most that is read at once when memory is tight. */
    static final int TIGHT_BYTES = 4 * 1024;
    private static final int FIRST_BYTES = 2 * 1024;
    private static final int READS_PER_TURN = 8;
    private static final int GROWTH = 4;
    private static final EpollIoEvent READABLE = () -> EpollIoOps.EPOLLIN;

    private final Channel channel;
    private final GateBudget budget;
    private final Runnable peerEnded;
    private final Runnable endRead;
    private boolean reading = true;
    private boolean ended;
    private int guess = FIRST_BYTES;
    private boolean wasSmall;

    /**
     * Takes over the reading of a channel.
     *
     * @param peerEnded called once when the peer ends its side while reading is paused
     * @param endRead   called when the peer's end has been read, in order, just before the channel closes
     */
    ReadControl(Channel channel, GateBudget budget, Runnable peerEnded, Runnable endRead) {
        super(READS_PER_TURN);
        this.channel = channel;
        this.budget = budget;
        this.peerEnded = peerEnded;
        this.endRead = endRead;
        channel.config().setRecvByteBufAllocator(this);
        if (ClientTls.isOn(channel)) {
            channel.pipeline().addFirst(brake());
        }
    }

    void setReading(boolean wanted) {
        if (reading == wanted) {
            return;
        }
        reading = wanted;
        if (!ended) {
            channel.config().setAutoRead(wanted);
        } else if (wanted) {
            // epoll reports nothing more of this socket, and need not: all that will ever come is there.
            channel.eventLoop().execute(this::readOn);
        }
    }

    /** Keeps what is in front of the connection's handlers, as TLS is, from reading in a pause. */
    private ChannelOutboundHandler brake() {
        return new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext ctx) {
                if (reading) {
                    ctx.read();
                }
            }
        };
    }

    /** Whether the peer has ended its side, and what it sent before is not read yet. */
    boolean isEnded() {
        return ended;
    }

    private void readOn() {
        if (reading && channel.isOpen() && channel.unsafe() instanceof EpollIoHandle handle) {
            handle.handle(null, READABLE);
        }
    }

    private void paused() {
        if (!ended && SocketState.of(channel).isEndedByPeer()) {
            ended = true;
            channel.eventLoop().execute(peerEnded);
        }
        throw Paused.SIGNAL;
    }

    private void noteRead(int bytes) {
        if (bytes >= guess) {
            guess = Math.min(MOST_BYTES, guess * GROWTH);
            wasSmall = false;
        } else if (bytes > 0 && bytes < guess / GROWTH) {
            guess = wasSmall ? Math.max(FIRST_BYTES, guess / 2) : guess;
            wasSmall = !wasSmall;
        }
    }

    @Override
    // Netty has nothing to put in the place of this type yet.
    @SuppressWarnings("deprecation")
    public RecvByteBufAllocator.Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                if (!reading) {
                    paused();
                }
                return allocator.ioBuffer(guess());
            }

            @Override
            public int guess() {
                return budget.isTight() ? Math.min(guess, TIGHT_BYTES) : guess;
            }

            @Override
            public void lastBytesRead(int bytes) {
                if (bytes < 0) {
                    endRead.run();
                }
                noteRead(bytes);
                super.lastBytesRead(bytes);
            }
        };
    }

    /** Ends an attempt to read without an end of the channel; passes through the pipeline, where it means nothing. */
    static final class Paused extends RuntimeException {

        private static final long serialVersionUID = 1;
        @SuppressWarnings("StaticAssignmentOfThrowable") // thrown at each pause, and has no stack trace
        private static final Paused SIGNAL = new Paused();

        private Paused() {
            super("reading is paused", null, false, false);
        }

        static boolean is(@Nullable Throwable cause) {
            return cause == SIGNAL;
        }
    }
}
