// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** Event loops for gates, and the kind of socket that goes with a loop: epoll's where it can be had, else the JDK's. */
public final class GateLoops {

    static final int BACKLOG = 1024;

    private GateLoops() {}

    /**
     * Makes a group of event loops; one thread serves thousands of streams. Its threads do not keep the process alive.
     * The caller shuts it down, after the gates on it.
     */
    public static EventLoopGroup create(int threads) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("lastcall-gate", true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /** A listening socket that does not listen yet. */
    static ChannelFactory<ServerChannel> listener(EventLoopGroup loops) {
        return isEpoll(loops) ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
    }

    static ServerBootstrap server(EventLoopGroup loops, ChannelFactory<ServerChannel> listener) {
        return new ServerBootstrap().group(loops)
                .channelFactory(listener)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true);
    }

    /** Connections to a server whose address is {@code upstream}. */
    static Bootstrap client(EventLoop loop, SocketAddress upstream) {
        if (upstream instanceof UnixDomainSocketAddress) {
            return new Bootstrap().group(loop)
                    .channelFactory(isEpoll(loop) ? EpollDomainSocketChannel::new : NioDomainSocketChannel::new)
                    .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT);
        }
        return new Bootstrap().group(loop)
                .channel(isEpoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true);
    }

    static WriteBufferWaterMark waterMark(int bytes) {
        return new WriteBufferWaterMark(bytes / 2, bytes);
    }

    static boolean isEpoll(EventLoopGroup loops) {
        return loops instanceof IoEventLoopGroup io && io.isIoType(EpollIoHandler.class);
    }
}
