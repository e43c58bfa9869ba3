// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import dev.lastcall.warmup.failure.Silence;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections and spreads them over all addresses a name has. An address that did not answer is skipped for a
 * while; names are looked up again as the run goes on, so that addresses which come and go are noticed. Thread-safe.
 */
public final class Dialer {

    /** An address that is alive answers a SYN in far less; a dead one must not cost more. */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    static final Duration LOOK_UP_AGAIN = Duration.ofSeconds(30);
    static final Duration SKIP_DEAD = Duration.ofSeconds(60);

    private final TlsEngines tls;
    private final Proxies proxies;
    private final FollowedHosts followed;
    private final Resolver resolver;
    private final LongSupplier nanoTime;
    private final Map<String, Addresses> known = new HashMap<>(); // guarded by this

    /** Looks names up. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** With {@code tls} for https, asked only if needed, through the proxies where they apply, and to no forbidden zone. */
    public Dialer(TlsEngines tls, Proxies proxies, FollowedHosts followed) {
        this(tls, proxies, followed, InetAddress::getAllByName, System::nanoTime);
    }

    Dialer(TlsEngines tls, Proxies proxies, FollowedHosts followed, Resolver resolver, LongSupplier nanoTime) {
        this.followed = followed;
        this.tls = tls;
        this.proxies = proxies;
        this.resolver = resolver;
        this.nanoTime = nanoTime;
    }

    /**
     * Connects to one address of the origin, and shakes hands where it is an https one.
     *
     * @param opening receives each transport before anything is awaited on it, so that another thread can close it
     */
    Transport dial(Origin origin, Consumer<Transport> opening) throws IOException {
        Optional<HttpProxy> proxy = proxy(origin);
        Origin next = proxy.map(HttpProxy::origin).orElse(origin);
        List<InetAddress> order = proxy.isPresent()
                ? order(next.host())
                : followed.allowed(next.host(), order(next.host()));
        List<String> failed = new ArrayList<>();
        IOException last = new ConnectException();
        for (InetAddress address : order) {
            SocketChannel channel = SocketChannel.open();
            try {
                Transport plain = new PlainTransport(channel);
                opening.accept(plain);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.socket()
                        .connect(new InetSocketAddress(address, next.port()), (int) CONNECT_TIMEOUT.toMillis());
                if (proxy.isPresent() && origin.tls()) {
                    Tunnel.open(plain, proxy.get(), origin);
                }
                return origin.tls() ? TlsTransport.handshake(plain, tls, origin) : plain;
            } catch (javax.net.ssl.SSLException | ProxyException e) {
                Sockets.closeQuietly(channel);
                throw e;
            } catch (IOException e) {
                Sockets.closeQuietly(channel);
                failed.add(address.getHostAddress());
                last = e;
                markDead(next.host(), address);
            }
        }
        throw new UnansweredException(proxy.map(Object::toString).orElse(origin.toString()), String.join(", ", failed),
                last);
    }

    /** The proxy between us and the origin, if there is one. */
    Optional<HttpProxy> proxy(Origin origin) throws ProxyException {
        return proxies.of(origin);
    }

    /** All addresses to try, the next one in turn first, those that lately were dead last. */
    private List<InetAddress> order(String host) throws UnknownHostException {
        long now = nanoTime.getAsLong();
        Addresses addresses;
        synchronized (this) {
            addresses = known.get(host);
        }
        if (addresses == null || now - addresses.lookedUpAt > LOOK_UP_AGAIN.toNanos()) {
            addresses = lookUp(host, addresses, now);
        }
        synchronized (this) {
            return addresses.inTurn(now);
        }
    }

    private Addresses lookUp(String host, @Nullable Addresses before, long now)
            throws UnknownHostException {
        try {
            Addresses fresh = new Addresses(List.of(resolver.resolve(host)), now);
            synchronized (this) {
                if (before != null) {
                    fresh.deadSince.putAll(before.deadSince);
                    fresh.turn = before.turn;
                }
                known.put(host, fresh);
            }
            return fresh;
        } catch (UnknownHostException e) {
            if (before == null) {
                throw new HostException(Silence.NAME, host);
            }
            // A resolver that is half dead does not stop a run that has addresses which work.
            synchronized (this) {
                before.lookedUpAt = now;
            }
            return before;
        }
    }

    private synchronized void markDead(String host, InetAddress address) {
        Addresses addresses = known.get(host);
        if (addresses != null) {
            addresses.deadSince.put(address, nanoTime.getAsLong());
        }
    }

    /** What is known of one name. Guarded by the dialer. */
    private static final class Addresses {
        private final List<InetAddress> all;
        private final Map<InetAddress, Long> deadSince = new HashMap<>();
        private long lookedUpAt;
        private int turn;

        Addresses(List<InetAddress> all, long now) {
            this.all = all;
            this.lookedUpAt = now;
        }

        List<InetAddress> inTurn(long now) {
            List<InetAddress> alive = new ArrayList<>();
            List<InetAddress> dead = new ArrayList<>();
            int first = turn++;
            for (int offset = 0; offset < all.size(); offset++) {
                InetAddress address = all.get(Math.floorMod(first + offset, all.size()));
                Long since = deadSince.get(address);
                (since != null && now - since < SKIP_DEAD.toNanos() ? dead : alive).add(address);
            }
            alive.addAll(dead);
            return alive;
        }
    }
}
