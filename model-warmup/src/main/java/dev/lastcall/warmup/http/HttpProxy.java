// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

import dev.lastcall.warmup.failure.AddressException;
import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.Failure;

/**
 * A proxy that is spoken to by plain HTTP. Immutable.
 *
 * @param host name or address literal, IPv6 without its brackets
 * @param port the port itself
 * @param user empty for none
 * @param password empty for none
 */
public record HttpProxy(String host, int port, String user, String password) {

    private static final int HTTP_PORT = 80;

    /**
     * From an address such as {@code http://user:secret@proxy:3128} or {@code proxy:3128}.
     *
     * @param variable which variable holds it, for the message; the address itself may hold a password and is not repeated
     * @throws IllegalArgumentException if it is not the address of an HTTP proxy
     */
    static HttpProxy parse(String variable, String address) {
        URI uri;
        try {
            uri = URI.create(address.contains("://") ? address : "http://" + address);
        } catch (IllegalArgumentException e) {
            // Without the cause, which quotes the address.
            throw new AddressException(new Failure.BadAddress(variable, AddressFault.PROXY), null);
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw new AddressException(new Failure.BadAddress(variable, AddressFault.PROXY_KIND,
                    "\"" + uri.getScheme() + "\""), null);
        }
        String host = uri.getHost().replaceAll("^\\[|]$", "");
        String[] login = uri.getRawUserInfo() == null ? new String[]{""} : uri.getRawUserInfo().split(":", 2);
        return new HttpProxy(host, uri.getPort() < 0 ? HTTP_PORT : uri.getPort(), decode(login[0]),
                login.length < 2 ? "" : decode(login[1]));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The value of {@code Proxy-Authorization} (RFC 7617), where there is a user. */
    Optional<String> authorization() {
        return user.isEmpty()
                ? Optional.empty()
                : Optional.of("Basic " + Base64.getEncoder()
                        .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    Origin origin() {
        return new Origin(false, host, port);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "proxy " + host + ":" + port;
    }
}
