// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;

import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class PeersTest {

    @TempDir
    Path directory;

    @Test
    void knowsThePeersOfThisMachine() throws IOException {
        Path routes = Files.writeString(directory.resolve("route"), """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                eth0\t00000000\t0102F40A\t0003\t0\t0\t0\t00000000\t0\t0\t0
                eth0\t0002F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
                """);
        var peers = new Peers(routes);

        assertThat(peers.of(at("127.0.0.1")).near()).isTrue();
        assertThat(peers.of(at("::1")).near()).isTrue();
        assertThat(peers.of(at("10.244.2.1")).near()).as("the gateway, which is the node to a pod").isTrue();
        assertThat(peers.of(at("10.244.2.9")).near()).isFalse();
        assertThat(peers.of(SocketAddress.domainSocketAddress("/run/a.sock")).near()).isTrue();
        NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .forEach(own -> assertThat(peers.of(at(own.getHostAddress())).near()).isTrue());
    }

    @Test
    void takesTheIpv6NetworkOfOneMachineForOnePeer() {
        var peers = new Peers(directory.resolve("none"));

        assertThat(peers.of(at("2001:db8:1:2::1")).name()).isEqualTo(peers.of(at("2001:db8:1:2:ffff::9")).name());
        assertThat(peers.of(at("2001:db8:1:3::1")).name()).isNotEqualTo(peers.of(at("2001:db8:1:2::1")).name());
        assertThat(peers.of(at("127.0.0.1")).name()).isNotEqualTo(peers.of(at("127.0.0.2")).name());
        assertThat(peers.of(at("::ffff:10.0.0.1")).name()).isEqualTo(peers.of(at("10.0.0.1")).name());
    }

    @Test
    void doesWithoutARouteTable() throws IOException {
        Path garbage = Files.writeString(directory.resolve("route"), "x 00000000 0g\n\n00000000\n");

        assertThat(new Peers(garbage).of(at("10.1.1.1")).near()).isFalse();
    }

    private static SocketAddress at(String host) {
        return SocketAddress.inetSocketAddress(4711, host);
    }
}
