// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of {@code no_proxy}: {@code *}, a domain with all below it, an address, or a range of addresses; the first two
 * and the third also with a port.
 *
 * @param host lower case, without leading dots and asterisks
 * @param port 0 for any
 * @param prefixBits of the range; -1 where it is none
 */
record Exemption(String host, int port, int prefixBits) {

    private static final Pattern RANGE = Pattern.compile("([0-9a-f.:]+)/(\\d{1,3})");
    private static final Pattern WITH_PORT = Pattern.compile("(\\[[^]]+]|[^:]+):(\\d{1,5})");

    static Exemption parse(String entry) {
        String text = entry.toLowerCase(Locale.ROOT);
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            return new Exemption(range.group(1), 0, Integer.parseInt(range.group(2)));
        }
        Matcher withPort = WITH_PORT.matcher(text);
        String host = withPort.matches() ? withPort.group(1) : text;
        int port = withPort.matches() ? Integer.parseInt(withPort.group(2)) : 0;
        return new Exemption(host.equals("*") ? host : host.replaceAll("^[*.]+|[\\[\\]]", ""), port, -1);
    }

    boolean matches(String name, int portOfName) {
        if (port != 0 && port != portOfName) {
            return false;
        }
        if (prefixBits >= 0) {
            return isInRange(name);
        }
        return host.equals("*") || name.equals(host) || name.endsWith("." + host);
    }

    private boolean isInRange(String name) {
        Optional<byte[]> of = literal(host);
        Optional<byte[]> other = literal(name);
        if (of.isEmpty() || other.isEmpty() || of.get().length != other.get().length) {
            return false;
        }
        int shift = Math.max(0, of.get().length * Byte.SIZE - prefixBits);
        return new BigInteger(1, of.get()).shiftRight(shift).equals(new BigInteger(1, other.get()).shiftRight(shift));
    }

    /** An address only if it is written as one: nothing is looked up. */
    private static Optional<byte[]> literal(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text).getAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
