// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Whether a request's head may go on: what Netty's decoder leaves to its user. */
final class RequestHead {

    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString OPTIONS = AsciiString.cached("OPTIONS");

    private RequestHead() {}

    /** Why the request is refused; null if it is not. */
    static @Nullable String problem(Http2Headers head) {
        CharSequence method = head.method();
        CharSequence path = head.path();
        if (method == null || head.contains(PROTOCOL) || CONNECT.contentEqualsIgnoreCase(method)) {
            return "the gate makes no tunnels";
        }
        if (path == null || !isTarget(method, path)) {
            return "its path does not begin with /, or has a control byte, a space or a #";
        }
        CharSequence authority = head.authority();
        CharSequence host = head.get(HOST);
        if (authority != null && host != null && !AsciiString.contentEqualsIgnoreCase(authority, host)) {
            return "its authority and its host differ";
        }
        CharSequence named = authority == null ? host : authority;
        return named == null || isHost(named) ? null : "its authority is no host";
    }

    /** The path, without the query. */
    static String path(Http2Headers head) {
        String target = String.valueOf(head.path());
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Whether it is a call of gRPC, or an answer to one. */
    static boolean isGrpc(Http2Headers head) {
        CharSequence type = head.get(CONTENT_TYPE);
        return type != null && AsciiString.of(type).regionMatches(true, 0, GRPC, 0, GRPC.length());
    }

    private static boolean isTarget(CharSequence method, CharSequence path) {
        if (path.length() == 1 && path.charAt(0) == '*') {
            return OPTIONS.contentEquals(method);
        }
        if (path.isEmpty() || path.charAt(0) != '/') {
            return false;
        }
        return path.chars().noneMatch(c -> c <= ' ' || c == 0x7f || c == '#');
    }

    /** A channel of gRPC with several addresses has all of them in its authority, with commas between. */
    private static boolean isHost(CharSequence host) {
        return host.chars()
                .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                        || "-._~:[]%!$&'()*+,;=".indexOf(c) >= 0);
    }
}
