// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetSocketAddress;
import java.util.Optional;

import io.netty.channel.ChannelException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;

/**
 * A listening socket that an earlier process left behind: clients that have connected since then wait in it. Only epoll's
 * event loops can take one over.
 */
final class InheritedListener {

    private InheritedListener() {}

    /**
     * Takes the socket over, or closes it.
     *
     * @return the socket; empty where it does not listen on {@code wanted}, as after a change of the configuration
     */
    static Optional<EpollServerSocketChannel> take(int descriptor, InetSocketAddress wanted, EventLoopGroup loops) {
        if (!GateLoops.isEpoll(loops)) {
            return Optional.empty();
        }
        EpollServerSocketChannel kept;
        try {
            kept = new EpollServerSocketChannel(descriptor);
        } catch (ChannelException noSocket) {
            return Optional.empty();
        }
        if (kept.isActive() && isSame(wanted, kept.localAddress())) {
            return Optional.of(kept);
        }
        kept.unsafe().closeForcibly();
        return Optional.empty();
    }

    private static boolean isSame(InetSocketAddress wanted, InetSocketAddress kept) {
        boolean everywhere = wanted.getAddress().isAnyLocalAddress() && kept.getAddress().isAnyLocalAddress();
        boolean port = wanted.getPort() == 0 || wanted.getPort() == kept.getPort();
        return port && (everywhere || wanted.getAddress().equals(kept.getAddress()));
    }
}
