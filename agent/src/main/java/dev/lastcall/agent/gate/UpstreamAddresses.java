// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.metadata.HostAddresses;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.DomainSocketAddress;

/**
 * The addresses of the server, in the order to try them: the one that answered last comes first, so that a host with several
 * addresses costs its refused ones once and not with each connection. Confined to the event loop.
 */
final class UpstreamAddresses {

    /** The host was resolved when the gate was made, so the system has the answer at hand. */
    private static final Duration RESOLVE_BOUND = Duration.ofSeconds(2);

    private final List<SocketAddress> ordered;

    UpstreamAddresses(List<? extends SocketAddress> addresses) {
        this.ordered = new ArrayList<>(addresses);
    }

    /** All addresses of the host of {@code upstream}; {@code upstream} itself where they cannot be had. */
    static UpstreamAddresses of(SocketAddress upstream, EventLoop loop) {
        return switch (upstream) {
            case InetSocketAddress server -> of(server);
            case UnixDomainSocketAddress socket -> new UpstreamAddresses(
                    List.of(GateLoops.isEpoll(loop) ? new DomainSocketAddress(socket.toString()) : socket));
            default -> throw new IllegalArgumentException("a gate cannot connect to " + upstream);
        };
    }

    static UpstreamAddresses of(InetSocketAddress upstream) {
        List<InetSocketAddress> all = new ArrayList<>();
        try {
            for (InetAddress address : HostAddresses.of(upstream.getHostString(), RESOLVE_BOUND)) {
                all.add(new InetSocketAddress(address, upstream.getPort()));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new UpstreamAddresses(all.isEmpty() ? List.of(upstream) : all);
    }

    /** The order for one attempt; it does not change under it. */
    List<SocketAddress> inOrder() {
        return List.copyOf(ordered);
    }

    /** A connection to {@code address} came about. */
    void reached(SocketAddress address) {
        if (!ordered.getFirst().equals(address) && ordered.remove(address)) {
            ordered.addFirst(address);
        }
    }
}
