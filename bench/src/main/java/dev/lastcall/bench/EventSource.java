// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
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
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * A server of event streams: whatever is asked, each connection gets events of about 200 bytes, one chunk and one write
 * each. A request for {@code /fast} gets them as fast as it takes them, another at a pace of 20 a second.
 */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
final class EventSource implements AutoCloseable {

    static final int EVENTS_PER_SECOND = 20;
    private static final String EVENT = "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":"
            + "[{\"index\":0,\"delta\":{\"content\":\" token\"},\"logprobs\":null,\"finish_reason\":null}],\"pad\":\""
            + "x".repeat(40) + "\"}\n\n";
    private static final ByteBuf CHUNK = bytes(Integer.toHexString(EVENT.length()) + "\r\n" + EVENT + "\r\n");
    private static final ByteBuf HEAD = bytes(String.join("\r\n", "HTTP/1.1 200 OK", "Content-Type: text/event-stream",
            "Transfer-Encoding: chunked", "", ""));
    private static final ByteBuf END = bytes("0\r\n\r\n");

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Channel listener;

    EventSource() throws InterruptedException {
        listener = new ServerBootstrap().group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Stream());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled
                .unreleasableBuffer(Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** One connection. The path of the request says how many events: {@code /paced/N} or {@code /fast/N}. */
    private static final class Stream extends ChannelInboundHandlerAdapter {
        private int left;
        private boolean fast;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            String request = ((ByteBuf) message).toString(StandardCharsets.US_ASCII);
            ReferenceCountUtil.release(message);
            if (!request.startsWith("GET /")) {
                return;
            }
            String path = request.substring(5, request.indexOf(' ', 5));
            fast = path.startsWith("fast");
            left = Integer.parseInt(path.substring(path.indexOf('/') + 1));
            var _ = ctx.writeAndFlush(HEAD.duplicate(), ctx.voidPromise());
            if (fast) {
                pour(ctx);
            } else {
                long pace = 1_000_000 / EVENTS_PER_SECOND;
                var _ = ctx.executor()
                        .schedule(() -> paced(ctx, pace), Math.floorMod(ctx.channel().id().hashCode(), pace),
                                TimeUnit.MICROSECONDS);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (fast && ctx.channel().isWritable()) {
                pour(ctx);
            }
        }

        private void pour(ChannelHandlerContext ctx) {
            while (left > 0 && ctx.channel().isWritable()) {
                next(ctx);
            }
        }

        private void paced(ChannelHandlerContext ctx, long pace) {
            if (ctx.channel().isActive() && left > 0) {
                next(ctx);
                if (left > 0) {
                    var _ = ctx.executor().schedule(() -> paced(ctx, pace), pace, TimeUnit.MICROSECONDS);
                }
            }
        }

        private void next(ChannelHandlerContext ctx) {
            left--;
            var _ = ctx.writeAndFlush(CHUNK.duplicate(), ctx.voidPromise());
            if (left == 0) {
                var _ = ctx.writeAndFlush(END.duplicate(), ctx.voidPromise());
            }
        }
    }
}
