// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;

/** A request as the metadata server reads it: bounded, decoded. */
public record Request(String method, String target, String path, Map<String, List<String>> query, HttpHeaders headers,
        String body) {

    /**
     * Decodes the target.
     *
     * @throws IllegalArgumentException if the target's escapes are broken
     */
    public static Request of(HttpRequest head, String body) {
        QueryStringDecoder target = new QueryStringDecoder(originForm(head.uri()));
        return new Request(head.method().name(), head.uri(), target.path(), target.parameters(), head.headers(), body);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    Optional<String> parameter(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }

    boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** What follows scheme and authority, where a client sends them as to a proxy. */
    private static String originForm(String target) {
        if (!target.startsWith("http://")) {
            return target;
        }
        int path = target.indexOf('/', "http://".length());
        return path < 0 ? "/" : target.substring(path);
    }
}
