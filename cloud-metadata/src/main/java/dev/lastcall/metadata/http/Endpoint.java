// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.net.URI;
import java.net.URISyntaxException;

import org.jspecify.annotations.Nullable;

/**
 * Where a metadata server listens.
 *
 * @param tls whether to speak HTTPS
 * @param host a name or an address, an IPv6 one without brackets
 * @param port the port
 * @param socket the path of a Unix socket to connect to instead, or null
 */
public record Endpoint(boolean tls, String host, int port, @Nullable String socket) {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_PORT = 65_535;

    public Endpoint {
        if (host.isEmpty() || port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("no endpoint: host '" + host + "', port " + port);
        }
    }

    /** Plain HTTP on port 80, where every cloud's metadata server listens. */
    public static Endpoint http(String host) {
        return new Endpoint(false, host, HTTP_PORT, null);
    }

    /** Plain HTTP. */
    public static Endpoint http(String host, int port) {
        return new Endpoint(false, host, port, null);
    }

    /** Plain HTTP over a Unix socket; the server sees {@code localhost} as host. */
    public static Endpoint unix(String socket) {
        return new Endpoint(false, "localhost", HTTP_PORT, socket);
    }

    /**
     * Reads {@code http://HOST[:PORT]} or {@code https://…}; a path behind it is not looked at.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Endpoint parse(String url) {
        try {
            return of(new URI(url));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + url, e);
        }
    }

    /** The same from a URL that is read already. */
    public static Endpoint of(URI url) {
        String scheme = url.getScheme();
        String host = url.getHost();
        boolean tls = "https".equalsIgnoreCase(scheme);
        if (host == null || (!tls && !"http".equalsIgnoreCase(scheme))) {
            throw new IllegalArgumentException("not an http or https URL with a host: " + url);
        }
        String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = url.getPort() >= 0 ? url.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
        return new Endpoint(tls, plain, port, null);
    }

    /** As a URL without a path. */
    public URI url() {
        return URI.create(toString());
    }

    /** As in a URL. */
    @Override
    public String toString() {
        if (socket != null) {
            return "unix:" + socket;
        }
        return (tls ? "https://" : "http://") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
                + (port == (tls ? HTTPS_PORT : HTTP_PORT) ? "" : ":" + port);
    }
}
