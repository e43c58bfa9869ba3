// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLEngine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class DialerTest {

    private static final TlsEngines NO_TLS = new TlsEngines() {
        @Override
        public SSLEngine engine(String host, int port) {
            throw new AssertionError("TLS was prepared for a store that has none");
        }

        @Override
        public boolean isNative() {
            return false;
        }

        @Override
        public void close() {}
    };

    private static InetAddress loopback(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[]{127, 0, 0, (byte) last});
    }

    private static Dialer dialer(InetAddress... addresses) {
        return new Dialer(NO_TLS, Proxies.NONE, new FollowedHosts(), host -> addresses, System::nanoTime);
    }

    @Test
    void connectionsAreSpreadAndDeadAddressesSkipped() throws Exception {
        try (ServerSocket first = new ServerSocket(0, 50, loopback(1));
                ServerSocket third = new ServerSocket(first.getLocalPort(), 50, loopback(3))) {
            Dialer dialer = dialer(loopback(1), loopback(2), loopback(3));
            Origin origin = new Origin(false, "store.test", first.getLocalPort());
            List<Transport> opened = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                opened.add(dialer.dial(origin, transport -> {}));
            }
            first.setSoTimeout(200);
            third.setSoTimeout(200);

            assertThat(accepted(first)).isGreaterThanOrEqualTo(2);
            assertThat(accepted(third)).isGreaterThanOrEqualTo(2);
            opened.forEach(Transport::close);
        }
    }

    private static int accepted(ServerSocket server) throws IOException {
        int count = 0;
        try {
            while (true) {
                server.accept().close();
                count++;
            }
        } catch (java.net.SocketTimeoutException e) {
            return count;
        }
    }

    @Test
    void noAddressThatAnswersIsAClearError() throws Exception {
        int free;
        try (ServerSocket closed = new ServerSocket(0, 1, loopback(1))) {
            free = closed.getLocalPort();
        }
        Dialer dialer = dialer(loopback(1), loopback(2));

        assertThatThrownBy(() -> dialer.dial(new Origin(false, "store.test", free), transport -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("store.test")
                .hasMessageContaining("127.0.0.2");
    }

    @Test
    void aNameThatDoesNotResolveIsNamed() throws Exception {
        Dialer dialer = new Dialer(NO_TLS, Proxies.NONE, new FollowedHosts(), host -> {
            throw new UnknownHostException(host);
        }, System::nanoTime);

        assertThatThrownBy(() -> dialer.dial(new Origin(true, "nowhere.test", 443), transport -> {}))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("nowhere.test");
    }

    /** A server on each of these addresses of loopback, all on one port, and a dialer of a name with those or others. */
    private static final class Site implements AutoCloseable {
        private final List<ServerSocket> servers = new ArrayList<>();
        private final List<Transport> opened = new ArrayList<>();
        private final AtomicLong now = new AtomicLong();
        private final AtomicInteger attempts = new AtomicInteger();
        private final Origin origin;
        private final Dialer dialer;
        private volatile int[] named;

        Site(int[] alive, int... names) throws Exception {
            named = names;
            for (int last : alive) {
                int port = servers.isEmpty() ? 0 : servers.getFirst().getLocalPort();
                servers.add(new ServerSocket(port, 50, loopback(last)));
            }
            origin = new Origin(false, "store.test", servers.getFirst().getLocalPort());
            dialer = new Dialer(NO_TLS, Proxies.NONE, new FollowedHosts(), host -> resolved(), now::get);
        }

        private InetAddress[] resolved() throws UnknownHostException {
            if (named.length == 0) {
                throw new UnknownHostException("the resolver is away");
            }
            InetAddress[] addresses = new InetAddress[named.length];
            for (int i = 0; i < named.length; i++) {
                addresses[i] = loopback(named[i]);
            }
            return addresses;
        }

        /** Dials so often; how many attempts that took. */
        int dial(int times) throws IOException {
            attempts.set(0);
            for (int i = 0; i < times; i++) {
                opened.add(dialer.dial(origin, transport -> attempts.incrementAndGet()));
            }
            return attempts.get();
        }

        /** Connections that each server got since it was last asked. */
        List<Integer> accepted() throws IOException {
            List<Integer> counts = new ArrayList<>();
            for (ServerSocket server : servers) {
                server.setSoTimeout(100);
                counts.add(DialerTest.accepted(server));
            }
            return counts;
        }

        void pass(Duration time) {
            now.addAndGet(time.toNanos() + 1);
        }

        @Override
        public void close() throws IOException {
            opened.forEach(Transport::close);
            for (ServerSocket server : servers) {
                server.close();
            }
        }
    }

    @Test
    void ofEightAddressesThreeAreDeadAndTheOthersShareTheConnections() throws Exception {
        try (Site site = new Site(new int[]{11, 13, 14, 16, 17}, 11, 12, 13, 14, 15, 16, 17, 18)) {
            assertThat(site.dial(16)).as("each dead one is met once").isEqualTo(16 + 3);
            assertThat(site.accepted()).allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(2));

            assertThat(site.dial(16)).as("and not again").isEqualTo(16);

            site.pass(Dialer.SKIP_DEAD);
            assertThat(site.dial(8)).as("until it may have come back").isEqualTo(8 + 3);
        }
    }

    @Test
    void addressesThatComeAndGoAreNoticedByTheNextConnections() throws Exception {
        try (Site site = new Site(new int[]{21, 22}, 21)) {
            site.dial(2);
            site.named = new int[]{22};
            site.dial(1);
            assertThat(site.accepted()).as("a name is not looked up for each connection").containsExactly(3, 0);

            site.pass(Dialer.LOOK_UP_AGAIN);
            site.dial(4);

            assertThat(site.accepted()).containsExactly(0, 4);
        }
    }

    @Test
    void aResolverThatFailsLaterDoesNotEndARunThatHasAddresses() throws Exception {
        try (Site site = new Site(new int[]{31}, 31)) {
            site.dial(1);
            site.named = new int[0];
            site.pass(Dialer.LOOK_UP_AGAIN);

            assertThat(site.dial(2)).isEqualTo(2);
        }
    }
}
