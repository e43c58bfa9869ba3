// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;

/** Clients of event streams: count the events, and the streams that ended before their last one. */
final class EventSink implements AutoCloseable {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final LongAdder events = new LongAdder();
    private final AtomicInteger whole = new AtomicInteger();
    private final CountDownLatch ended;
    private final int streams;

    EventSink(int streams) {
        this.streams = streams;
        ended = new CountDownLatch(streams);
    }

    void open(int port, String path) {
        Bootstrap bootstrap = new Bootstrap().group(loops)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpResponseDecoder(), new Stream());
                    }
                });
        ByteBuf request = Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(
                "GET " + path + " HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n",
                StandardCharsets.US_ASCII));
        for (int i = 0; i < streams; i++) {
            Channel channel = bootstrap.connect().syncUninterruptibly().channel();
            channel.writeAndFlush(request.duplicate()).syncUninterruptibly();
        }
    }

    long events() {
        return events.sum();
    }

    /** Waits for the streams to end; how many did not end whole. */
    int awaitDropped(long seconds) throws InterruptedException {
        boolean inTime = ended.await(seconds, TimeUnit.SECONDS);
        // A stream that has not ended is as much dropped as one that broke.
        return inTime ? streams - whole.get() : Math.max(1, streams - whole.get());
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Counts events by the empty line that ends each. */
    private final class Stream extends ChannelInboundHandlerAdapter {
        private boolean afterNewline;
        private boolean over;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpContent content) {
                count(content.content());
                content.release();
            }
            if (message instanceof LastHttpContent last && last.decoderResult().isSuccess() && !over) {
                over = true;
                whole.incrementAndGet();
                ended.countDown();
                var _ = ctx.close();
            }
        }

        private void count(ByteBuf bytes) {
            int count = 0;
            for (int at = bytes.readerIndex(); at < bytes.writerIndex();) {
                int newline = bytes.indexOf(at, bytes.writerIndex(), (byte) '\n');
                if (newline < 0) {
                    afterNewline = false;
                    break;
                }
                count += afterNewline && newline == at ? 1 : 0;
                afterNewline = true;
                at = newline + 1;
            }
            events.add(count);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!over) {
                over = true;
                ended.countDown();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var _ = ctx.close();
        }
    }
}
