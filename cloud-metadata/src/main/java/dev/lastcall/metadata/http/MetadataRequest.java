// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One question to a metadata server.
 *
 * @param method GET, PUT or POST
 * @param endpoint whom to ask
 * @param path path and query, beginning with a slash
 * @param headers names and values
 * @param body what to send, or empty for none
 * @param total bound on the whole exchange, from connecting to the last byte of the body
 * @param retriesStale whether to ask again, within the bound, when a kept connection turns out to be closed
 */
public record MetadataRequest(Method method, Endpoint endpoint, String path, Map<String, String> headers, String body,
        Duration total,
        boolean retriesStale) {

    /** The methods that metadata servers know. */
    public enum Method {
        /** Reads a key. */
        GET,
        /** Asks for a token. */
        PUT,
        /** Approves an event. */
        POST
    }

    public MetadataRequest {
        headers = Map.copyOf(headers);
    }

    /** A GET that is asked again over a stale connection. */
    public static MetadataRequest get(Endpoint endpoint, String path, Map<String, String> headers, Duration total) {
        return new MetadataRequest(Method.GET, endpoint, path, headers, "", total, true);
    }

    /** The same with one more header. */
    public MetadataRequest with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new MetadataRequest(method, endpoint, path, more, body, total, retriesStale);
    }

    /** The same with another bound. */
    public MetadataRequest within(Duration bound) {
        return new MetadataRequest(method, endpoint, path, headers, body, bound, retriesStale);
    }

    /** As messages name it: method and URL, never the headers, which hold tokens. */
    @Override
    public String toString() {
        return method + " " + endpoint + path;
    }
}
