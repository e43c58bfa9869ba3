// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.server.UnixUrl;
import dev.lastcall.agent.values.Secret;

/**
 * Where a server is and what opens it. Immutable.
 *
 * @param url the server itself, not its gate
 * @param key the server's API or admin key, sent as a bearer token to loopback addresses and nowhere else
 */
public record Access(URI url, Optional<Secret> key) {

    public Access {
        boolean web = url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
        if (!web && !UnixUrl.isWhole(url)) {
            throw new IllegalArgumentException("neither an http or https URL with a host nor a Unix socket: " + url);
        }
    }

    /** A server that needs no key. */
    public static Access open(URI url) {
        return new Access(url, Optional.empty());
    }

    Map<String, String> headers() {
        return key.filter(_ -> isLoopback(url))
                .map(secret -> Map.of("Authorization", secret.bearer()))
                .orElse(Map.of());
    }

    URI at(String path) {
        return UnixUrl.is(url) ? UnixUrl.at(url, path) : url.resolve(path);
    }

    /** A Unix socket, a loopback address itself, or {@code localhost}; any other name could be made to lead elsewhere. */
    static boolean isLoopback(URI url) {
        if (UnixUrl.is(url)) {
            return true;
        }
        String host = url.getHost();
        if (host.equals("localhost")) {
            return true;
        }
        if (!host.matches("[0-9.]+|\\[[0-9a-fA-F:.]+]")) {
            return false;
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
