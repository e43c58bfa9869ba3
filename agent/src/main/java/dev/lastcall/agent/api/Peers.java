// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.vertx.core.net.SocketAddress;

/**
 * Distinguishes peers by their address (IPv6: by the network of one machine), and knows the addresses of this machine: its
 * loopback, its own addresses, and its gateway, from which the kubelet of the node asks a pod. Thread-safe.
 */
final class Peers {

    private static final int IPV6_NETWORK_BYTES = 8;
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Path routes;
    private Set<InetAddress> own = Set.of(); // guarded by this
    private long looked; // guarded by this
    private boolean everLooked; // guarded by this

    /** @param routes the kernel's table, {@code /proc/net/route} */
    Peers(Path routes) {
        this.routes = routes;
    }

    /** Who this is. A peer on a socket of this machine's files has no address, and is near. */
    ConnectionSlots.Peer of(SocketAddress address) {
        String host = address.hostAddress();
        if (host == null) {
            return new ConnectionSlots.Peer("", true);
        }
        InetAddress numeric;
        try {
            numeric = InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException notNumeric) {
            return new ConnectionSlots.Peer(host, false);
        }
        return new ConnectionSlots.Peer(name(numeric), numeric.isLoopbackAddress() || own().contains(plain(numeric)));
    }

    private static String name(InetAddress address) {
        return address instanceof Inet6Address && !address.isLoopbackAddress()
                ? HexFormat.of().formatHex(address.getAddress(), 0, IPV6_NETWORK_BYTES)
                : address.getHostAddress();
    }

    private synchronized Set<InetAddress> own() {
        long now = System.nanoTime();
        if (!everLooked || now - looked > FRESH_NANOS) {
            Set<InetAddress> found = new HashSet<>(gateways());
            try {
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .forEach(address -> found.add(plain(address)));
            } catch (SocketException | IllegalStateException unknown) {
                // Then only loopback counts as near.
            }
            own = Set.copyOf(found);
            looked = now;
            everLooked = true;
        }
        return own;
    }

    /** Of IPv4, as proc_net(5) writes them: in the order of the machine's bytes, in hexadecimal. */
    private Set<InetAddress> gateways() {
        Set<InetAddress> found = new HashSet<>();
        try {
            for (String line : Files.readString(routes, StandardCharsets.ISO_8859_1).split("\n", -1)) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > 2 && fields[1].equals("00000000") && !fields[2].equals("00000000")) {
                    byte[] bytes = HexFormat.of().parseHex(fields[2]);
                    found.add(InetAddress.getByAddress(
                            new byte[]{bytes[3], bytes[2], bytes[1], bytes[0]}));
                }
            }
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException unreadable) {
            return Set.of();
        }
        return found;
    }

    /** Without the interface, by which the same address would not equal itself. */
    private static InetAddress plain(InetAddress address) {
        try {
            return InetAddress.getByAddress(Arrays.copyOf(address.getAddress(), address.getAddress().length));
        } catch (UnknownHostException impossible) {
            return address;
        }
    }
}
