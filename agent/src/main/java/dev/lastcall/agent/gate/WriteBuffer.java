// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import org.jspecify.annotations.Nullable;

/**
 * What is about to be written to one channel. Small pieces are gathered in one buffer, so that a head, a chunk's frame
 * and a small body cost one write; large ones are passed on without being copied. Confined to the event loop.
 */
final class WriteBuffer {

    /** Copying so much costs less than one more buffer in the system call. */
    private static final int COPIED_BYTES = 2048;
    private static final int BLOCK_BYTES = 1024;
    private static final int CHUNK_FRAME_BYTES = 12;
    /** What waits in front of TLS is no load of the channel's, which so would not say in time that it is full. */
    private static final int TLS_RECORD_BYTES = 16 * 1024;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private static final WriteBufferWaterMark SMALL = new WriteBufferWaterMark(1, ReadControl.TIGHT_BYTES);

    private final Channel channel;
    private final boolean tls;
    private final WriteBufferWaterMark usual;
    private @Nullable ByteBuf gathered;
    private boolean dirty;
    private boolean small;
    private long handed;
    private long unflushed;

    WriteBuffer(Channel channel) {
        this.channel = channel;
        this.tls = ClientTls.isOn(channel);
        this.usual = channel.config().getWriteBufferWaterMark();
    }

    /** A buffer with room for {@code bytes} more, to write a head into. */
    ByteBuf room(int bytes) {
        ByteBuf current = gathered;
        if (current != null && current.writableBytes() >= bytes) {
            return current;
        }
        push();
        current = channel.alloc().directBuffer(Math.max(bytes, BLOCK_BYTES));
        gathered = current;
        return current;
    }

    /** Writes the bytes as they are, and releases them. */
    void raw(ByteBuf content) {
        int length = content.readableBytes();
        if (length == 0) {
            content.release();
        } else if (length <= COPIED_BYTES) {
            room(length).writeBytes(content);
            content.release();
        } else {
            push();
            write(content);
        }
    }

    /** Writes the bytes as one chunk, and releases them; nothing if there are none, for an empty chunk is the last. */
    void chunk(ByteBuf content) {
        int length = content.readableBytes();
        if (length == 0) {
            content.release();
            return;
        }
        ByteBuf frame = room(CHUNK_FRAME_BYTES + (length <= COPIED_BYTES ? length : 0));
        for (int shift = (31 - Integer.numberOfLeadingZeros(length)) & ~3; shift >= 0; shift -= 4) {
            frame.writeByte(HEX[(length >>> shift) & 0xf]);
        }
        frame.writeShort('\r' << 8 | '\n');
        raw(content);
        room(2).writeShort('\r' << 8 | '\n');
    }

    /** Hands everything to the channel and flushes it. */
    void flush() {
        push();
        if (dirty) {
            flushChannel();
        }
    }

    private void flushChannel() {
        dirty = false;
        unflushed = 0;
        channel.flush();
    }

    /** The same, with a future for the writing of all that was written before. */
    ChannelFuture finish() {
        ByteBuf last = gathered;
        gathered = null;
        dirty = false;
        unflushed = 0;
        handed += last == null ? 0 : last.readableBytes();
        return channel.writeAndFlush(last == null ? Unpooled.EMPTY_BUFFER : last);
    }

    /** Whether all that was written has been taken by the socket. */
    boolean isEmpty() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return gathered == null && unflushed == 0 && pending != null && pending.isEmpty();
    }

    /** Whether the other side is to stop as soon as anything waits here, because memory is tight. */
    void setSmall(boolean wanted) {
        if (small != wanted) {
            small = wanted;
            channel.config().setWriteBufferWaterMark(wanted ? SMALL : usual);
        }
    }

    /** How many bytes have been handed to the channel since this was asked. */
    long takeHanded() {
        long bytes = handed;
        handed = 0;
        return bytes;
    }

    /** Whether more may be written without piling up here. */
    boolean isWritable() {
        return channel.isWritable();
    }

    /** How many bytes the socket has not taken yet. */
    long pendingBytes() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return unflushed + (pending == null ? 0 : pending.totalPendingWriteBytes())
                + (gathered == null ? 0 : gathered.readableBytes());
    }

    /** Throws away what was not handed to the channel. */
    void drop() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    private void push() {
        ByteBuf full = gathered;
        if (full != null) {
            gathered = null;
            write(full);
        }
    }

    private void write(ByteBuf bytes) {
        dirty = true;
        int length = bytes.readableBytes();
        handed += length;
        // A write that fails closes the connection, and that is where it is dealt with.
        var _ = channel.write(bytes);
        if (tls) {
            unflushed += length;
            if (unflushed >= TLS_RECORD_BYTES) {
                flushChannel();
            }
        }
    }
}
