// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.wire;

import java.net.URI;
import java.util.Locale;

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

    /** @throws IllegalArgumentException if the address is not an absolute http or https one */
    public static Origin of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if (uri.getHost() == null || (!tls && !scheme.equals("http"))) {
            throw new IllegalArgumentException("not an http or https address: " + uri);
        }
        String host = uri.getHost();
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
        return new Origin(tls, host, port);
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
