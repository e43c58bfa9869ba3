// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which part of the network an address is of, as far as it matters where a store may send us. */
public enum Zone {
    /** This machine itself. */
    LOOPBACK,
    /** What is reached without a router, but for the metadata services. */
    LINK_LOCAL,
    /** What hands out this machine's credentials, or is written so that it may be that. */
    METADATA,
    /** A name that only the cloud's own network knows; where it leads is another question. */
    CLOUD_NAME,
    /** Anything else, private networks included. */
    OUTSIDE;

    /** AWS (also of containers and pods), Google Cloud, Azure, Alibaba Cloud. */
    private static final Set<String> METADATA_ADDRESSES = Set.of("169.254.169.254", "169.254.170.2",
            "169.254.170.23", "168.63.129.16", "100.100.100.200", "fd00:ec2:0:0:0:0:0:254", "fd00:ec2:0:0:0:0:0:23",
            "fd20:ce:0:0:0:0:0:254");

    private static final Pattern METADATA_NAME = Pattern
            .compile("(?:.*\\.)?(?:metadata(?:\\.google\\.internal|\\.goog|\\.internal)?|instance-data(?:\\..*)?)");

    private static final Pattern DOTTED_QUAD = Pattern.compile("(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}");

    /** What resolvers take for an IPv4 address: one to four numbers, also octal and hexadecimal. */
    private static final Pattern ODD_ADDRESS = Pattern
            .compile("(?:0x[0-9a-f]*|[0-9]+)(?:\\.(?:0x[0-9a-f]*|[0-9]+)){0,3}");

    private static final int IPV4_BYTES = 4;
    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] SIX_TO_FOUR = {0x20, 0x02};

    /** That of a host as it is written; a name is not looked up. */
    public static Zone ofHost(String host) {
        String name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "").replaceFirst("%.*$", "");
        if (name.contains(":") || DOTTED_QUAD.matcher(name).matches()) {
            try {
                return of(InetAddress.ofLiteral(name));
            } catch (IllegalArgumentException odd) {
                return METADATA;
            }
        }
        if (ODD_ADDRESS.matcher(name).matches()) {
            return METADATA;
        }
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return LOOPBACK;
        }
        if (METADATA_NAME.matcher(name).matches()) {
            return METADATA;
        }
        return name.equals("internal") || name.endsWith(".internal") ? CLOUD_NAME : OUTSIDE;
    }

    /** That of an address; one of IPv4 that is wrapped into IPv6 counts as what it wraps. */
    public static Zone of(InetAddress address) {
        InetAddress plain = unwrapped(address);
        if (METADATA_ADDRESSES.contains(plain.getHostAddress().replaceFirst("%.*$", ""))) {
            return METADATA;
        }
        boolean isThisNetwork = plain.getAddress().length == IPV4_BYTES && plain.getAddress()[0] == 0;
        if (plain.isLoopbackAddress() || plain.isAnyLocalAddress() || isThisNetwork) {
            return LOOPBACK;
        }
        boolean isBroadcast = plain.getHostAddress().equals("255.255.255.255");
        return plain.isLinkLocalAddress() || plain.isMulticastAddress() || isBroadcast ? LINK_LOCAL : OUTSIDE;
    }

    /** IPv4-compatible addresses, those of NAT64 and of 6to4; the mapped ones Java unwraps itself. */
    private static InetAddress unwrapped(InetAddress address) {
        if (!(address instanceof Inet6Address six)) {
            return address;
        }
        byte[] bytes = six.getAddress();
        if (startsWith(bytes, SIX_TO_FOUR)) {
            return ipv4(bytes, 2);
        }
        boolean isCompatible = six.isIPv4CompatibleAddress() && !six.isLoopbackAddress() && !six.isAnyLocalAddress();
        return isCompatible || startsWith(bytes, NAT64) ? ipv4(bytes, 12) : address;
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static InetAddress ipv4(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + IPV4_BYTES));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are an address of IPv4", impossible);
        }
    }
}
