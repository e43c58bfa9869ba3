// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UpstreamAddressesTest {

    private static final InetSocketAddress FOUR = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1);
    private static final InetSocketAddress SIX = new InetSocketAddress(InetAddress.ofLiteral("::1"), 1);

    @Test
    void theOneThatWasReachedComesFirstAndTheOthersStay() {
        UpstreamAddresses addresses = new UpstreamAddresses(List.of(FOUR, SIX));
        List<SocketAddress> before = addresses.inOrder();

        addresses.reached(SIX);

        assertThat(addresses.inOrder()).containsExactly(SIX, FOUR);
        assertThat(before).containsExactly(FOUR, SIX);
        addresses.reached(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.9"), 1));
        assertThat(addresses.inOrder()).containsExactly(SIX, FOUR);
    }

    @Test
    void aNameHasAllItsAddressesAndALiteralItself() throws UnknownHostException {
        InetAddress[] localhost = InetAddress.getAllByName("localhost");

        assertThat(UpstreamAddresses.of(new InetSocketAddress("localhost", 7)).inOrder())
                .containsExactlyElementsOf(Stream.of(localhost).map(one -> new InetSocketAddress(one, 7)).toList());
        assertThat(UpstreamAddresses.of(SIX).inOrder()).containsExactly(SIX);
    }

    @Test
    void aNameWithoutAnAddressIsLeftAsItIs() {
        InetSocketAddress unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 7);

        assertThat(UpstreamAddresses.of(unknown).inOrder()).containsExactly(unknown);
    }
}
