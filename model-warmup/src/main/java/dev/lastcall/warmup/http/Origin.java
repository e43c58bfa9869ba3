// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.AddressException;
import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.Failure;

/**
 * Scheme, host and port: what one connection can serve.
 *
 * @param tls whether the scheme is https
 * @param host name or address literal, IPv6 without its brackets
 * @param port the port itself, never a default
 */
public record Origin(boolean tls, String host, int port) {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_PORT = 65_535;

    /** With names that hold an underscore, which are in no standard and in many networks of containers. */
    private static final Pattern AUTHORITY = Pattern
            .compile("(?:[^@]*@)?(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._~-]+))(?::(\\d{0,6}))?");

    /** @throws IllegalArgumentException if the address is not an absolute http or https one */
    public static Origin of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        Matcher authority = AUTHORITY.matcher(uri.getRawAuthority() == null ? "" : uri.getRawAuthority());
        if (!authority.matches() || (!tls && !scheme.equals("http"))) {
            throw new AddressException(new Failure.BadAddress(uri.toString(), AddressFault.NO_URL), null);
        }
        String host = authority.group(1) == null ? authority.group(2) : authority.group(1);
        String port = authority.group(3) == null ? "" : authority.group(3);
        int number = port.isEmpty() ? (tls ? HTTPS_PORT : HTTP_PORT) : Integer.parseInt(port);
        if (number < 1 || number > MAX_PORT) {
            throw new AddressException(new Failure.BadAddress(uri.toString(), AddressFault.NO_PORT,
                    Integer.toString(number)), null);
        }
        return new Origin(tls, host, number);
    }

    /** The {@code Host} header: with the port only where it is not the scheme's own. */
    public String hostHeader() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? HTTPS_PORT : HTTP_PORT) ? name : name + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + hostHeader();
    }
}
