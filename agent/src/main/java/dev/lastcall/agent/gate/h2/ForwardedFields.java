// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.net.Inet6Address;
import java.net.InetAddress;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The fields that say for whom the gate asks. One per client connection. */
final class ForwardedFields {

    private static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final AsciiString HTTP = AsciiString.cached("http");

    private final String address;
    private final String node;
    private final AsciiString scheme;

    /** @param scheme by which the client comes: http, or https with TLS */
    ForwardedFields(InetAddress client, String scheme) {
        String text = client.getHostAddress();
        this.scheme = AsciiString.of(scheme);
        int zone = text.indexOf('%');
        address = zone < 0 ? text : text.substring(0, zone);
        node = client instanceof Inet6Address ? "for=\"[" + address + "]\"" : "for=" + address;
    }

    /** Adds them to a request, to those that other proxies have added. */
    void addTo(Http2Headers head) {
        CharSequence host = head.authority() == null ? head.get(HOST) : head.authority();
        head.set(FORWARDED_FOR, joined(head, FORWARDED_FOR, address));
        head.set(FORWARDED,
                joined(head, FORWARDED,
                        (host == null ? node : node + ";host=\"" + host + "\"") + ";proto=" + scheme));
        // The server is asked without TLS.
        head.scheme(HTTP);
        if (!head.contains(FORWARDED_PROTO)) {
            head.set(FORWARDED_PROTO, scheme);
        }
        if (host != null && !head.contains(FORWARDED_HOST)) {
            head.set(FORWARDED_HOST, host);
        }
    }

    private static CharSequence joined(Http2Headers head, AsciiString name, String last) {
        if (!head.contains(name)) {
            return last;
        }
        StringBuilder all = new StringBuilder();
        for (@Nullable
        CharSequence before : head.getAll(name)) {
            all.append(before).append(", ");
        }
        return all.append(last);
    }
}
