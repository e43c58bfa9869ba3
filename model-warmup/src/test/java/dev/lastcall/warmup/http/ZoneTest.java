// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ZoneTest {

    @ParameterizedTest
    @CsvSource({"localhost,LOOPBACK", "LOCALHOST.,LOOPBACK", "a.localhost,LOOPBACK", "127.0.0.1,LOOPBACK",
        "127.9.9.9,LOOPBACK", "0.0.0.0,LOOPBACK", "0.1.2.3,LOOPBACK", "::1,LOOPBACK", "::,LOOPBACK",
        "::ffff:127.0.0.1,LOOPBACK", "64:ff9b::127.0.0.1,LOOPBACK", "2002:7f00:1::,LOOPBACK",
        "169.254.1.1,LINK_LOCAL", "fe80::1%eth0,LINK_LOCAL", "224.0.0.1,LINK_LOCAL", "255.255.255.255,LINK_LOCAL",
        "ff02::1,LINK_LOCAL", "metadata.google.internal,METADATA", "metadata,METADATA", "Metadata.goog.,METADATA",
        "instance-data.ec2.internal,METADATA", "169.254.169.254,METADATA", "169.254.170.23,METADATA",
        "168.63.129.16,METADATA", "100.100.100.200,METADATA", "fd00:ec2::254,METADATA",
        "FD00:EC2:0:0:0:0:0:254,METADATA", "fd20:ce::254,METADATA", "::ffff:169.254.169.254,METADATA",
        "::169.254.169.254,METADATA", "64:ff9b::a9fe:a9fe,METADATA", "2002:a9fe:a9fe::1,METADATA",
        "2852039166,METADATA", "0xa9fea9fe,METADATA", "0251.0376.0251.0376,METADATA", "0xa9.254.169.254,METADATA",
        "127.1,METADATA", "0,METADATA", "ip-10-0-0-1.ec2.internal,CLOUD_NAME", "internal,CLOUD_NAME"})
    void nodesOwnNetworkIsKnownHoweverItIsWritten(String host, Zone zone) {
        assertThat(Zone.ofHost(host)).isEqualTo(zone);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3.eu-west-1.amazonaws.com", "10.0.0.7", "192.168.1.1", "minio", "2001:db8::1",
        "cdn-lfs.huggingface.co", "a1.b2", "internal.example.com", "deadbeef", "metadata.example.com", "fd00::7"})
    void storesAreOutside(String host) {
        assertThat(Zone.ofHost(host)).isEqualTo(Zone.OUTSIDE);
    }

    @Property(tries = 500)
    void anAddressThatWrapsAnotherIsOfItsZone(@ForAll @Size(4) byte[] four) throws UnknownHostException {
        Zone zone = Zone.of(InetAddress.getByAddress(four));
        byte[] nat64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, four[0], four[1], four[2], four[3]};
        byte[] sixToFour = {0x20, 2, four[0], four[1], four[2], four[3], 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

        assertThat(Zone.of(InetAddress.getByAddress(nat64))).isEqualTo(zone);
        assertThat(Zone.of(InetAddress.getByAddress(sixToFour))).isEqualTo(zone);
    }

    @Test
    void aFollowedNameThatLeadsInsideIsNotDialled() throws UnknownHostException {
        var hosts = new FollowedHosts();
        List<InetAddress> both = List.of(InetAddress.ofLiteral("169.254.169.254"), InetAddress.ofLiteral("10.0.0.1"));
        hosts.follow("cdn.example", Set.of(Zone.OUTSIDE));

        assertThat(hosts.allowed("CDN.example", both)).containsExactly(InetAddress.ofLiteral("10.0.0.1"));
        assertThatExceptionOfType(UnknownHostException.class)
                .isThrownBy(() -> hosts.allowed("cdn.example", both.subList(0, 1)))
                .withMessageContaining("this node's own network");
        assertThat(hosts.allowed("other.example", both)).isEqualTo(both);
    }

    @Test
    void whatAnOperatorNamedMayLeadAnywhere() throws UnknownHostException {
        var hosts = new FollowedHosts();
        List<InetAddress> inside = List.of(InetAddress.ofLiteral("127.0.0.1"));
        hosts.follow("minio.lan", Set.of(Zone.OUTSIDE));

        hosts.trust("minio.lan");
        hosts.follow("minio.lan", Set.of(Zone.OUTSIDE));

        assertThat(hosts.allowed("minio.lan", inside)).isEqualTo(inside);
    }

    @Test
    void hostsThatAreRememberedAreBounded() {
        var hosts = new FollowedHosts();
        for (int i = 0; i < 5000; i++) {
            hosts.follow("cdn" + i + ".example", Set.of(Zone.OUTSIDE));
        }

        assertThat(hosts.zones("cdn4999.example")).isPresent();
        assertThat(hosts.zones("cdn0.example")).isEmpty();
    }
}
