// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class DialerTest {

    private static InetAddress loopback(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[]{127, 0, 0, (byte) last});
    }

    private static Dialer dialer(InetAddress... addresses) throws NoSuchAlgorithmException {
        return new Dialer(DialerTest::noTls, Proxies.NONE, host -> addresses);
    }

    private static SSLContext noTls() {
        throw new AssertionError("TLS was prepared for a store that has none");
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
        Dialer dialer = new Dialer(DialerTest::noTls, Proxies.NONE, host -> {
            throw new UnknownHostException(host);
        });

        assertThatThrownBy(() -> dialer.dial(new Origin(true, "nowhere.test", 443), transport -> {}))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("nowhere.test");
    }
}
