// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.Iterator;
import java.util.Locale;
import java.util.Map.Entry;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What the gate must know of a request's head, gathered in one walk over its fields, and whether two servers could read
 * the request in two ways. What is ambiguous is refused, never repaired. Confined to the event loop.
 */
final class RequestFraming {

    private static final AsciiString CHUNKED = AsciiString.cached("chunked");
    private static final AsciiString CONTENT_LENGTH_UNDERSCORED = AsciiString.cached("content_length");
    private static final AsciiString TRANSFER_ENCODING_UNDERSCORED = AsciiString.cached("transfer_encoding");
    /** Hixie-76 WebSockets: eight bytes of body that no field announces. */
    private static final AsciiString OLD_WEB_SOCKET_KEY = AsciiString.cached("sec-websocket-key1");
    private static final int CONTENT_LENGTH_BYTES = 14;
    private static final int TRANSFER_ENCODING_BYTES = 17;
    private static final int OLD_WEB_SOCKET_KEY_BYTES = 18;
    private static final String SCHEME = "http://";
    private static final String DEFAULT_PORT = ":80";
    /** The longest decimal number that surely fits a long. */
    private static final int MOST_LENGTH_DIGITS = 18;

    private final HttpMethod method;
    private final HttpVersion version;
    private String target;
    private int hosts;
    private int lengths;
    private int encodings;
    private @Nullable String problem;

    /** The value of Host; empty if there is none. */
    String host = "";
    /** Whether the host was in the target and in no Host field. */
    boolean hostFromTarget;
    /** The value of Content-Length; -1 if there is none. */
    long contentLength = -1;
    boolean chunked;
    boolean close;
    boolean keepAlive;
    boolean upgrade;
    boolean toWebSocket;
    boolean expectsContinue;
    boolean trailers;
    boolean hasForwardedProto;
    boolean hasForwardedHost;
    @Nullable
    String forwardedFor;
    @Nullable
    String forwarded;
    /** The fields that Connection names beside the usual ones, in lower case with commas around; empty if none. */
    String named = "";

    private RequestFraming(HttpRequest request) {
        method = request.method();
        version = request.protocolVersion();
        target = request.uri();
    }

    static RequestFraming of(HttpRequest request) {
        RequestFraming survey = new RequestFraming(request);
        Iterator<Entry<CharSequence, CharSequence>> fields = request.headers().iteratorCharSequence();
        while (fields.hasNext()) {
            Entry<CharSequence, CharSequence> field = fields.next();
            survey.note(field.getKey(), field.getValue());
        }
        survey.judge();
        return survey;
    }

    /** Why the request is refused; null if it is not. */
    @Nullable
    String problem() {
        return problem;
    }

    boolean isHead() {
        return HttpMethod.HEAD.equals(method);
    }

    boolean isOld() {
        return HttpVersion.HTTP_1_0.equals(version);
    }

    boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /** Whether sending it twice does no more than sending it once. */
    boolean isSafeToRepeat() {
        return !hasBody() && !toWebSocket && (HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method)
                || HttpMethod.OPTIONS.equals(method));
    }

    /** Whether it asks for a WebSocket. */
    boolean isWebSocket() {
        return upgrade && toWebSocket && !isOld() && HttpMethod.GET.equals(method);
    }

    /** Whether the client lets its connection live after the answer. */
    boolean staysOpen() {
        return !close && (!isOld() || keepAlive);
    }

    /** Whether it asks for a tunnel, in whatever form. */
    boolean isConnect() {
        return "CONNECT".equalsIgnoreCase(method.name());
    }

    /** The target in origin form, or {@code *}. */
    String target() {
        return target;
    }

    /** The path, without the query. */
    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private void note(CharSequence name, CharSequence value) {
        switch (Field.of(name)) {
            case HOST -> {
                hosts++;
                host = value.toString();
            }
            case CONTENT_LENGTH -> {
                lengths++;
                contentLength = number(value);
            }
            case TRANSFER_ENCODING -> {
                encodings++;
                chunked = CHUNKED.contentEqualsIgnoreCase(value);
            }
            case CONNECTION -> noteConnection(value);
            case UPGRADE -> toWebSocket |= AsciiString.contentEqualsIgnoreCase(value, "websocket");
            case EXPECT -> expectsContinue |= AsciiString.contentEqualsIgnoreCase(value, "100-continue");
            case TE -> trailers |= AsciiString.containsIgnoreCase(value, "trailers");
            case X_FORWARDED_FOR -> forwardedFor = joined(forwardedFor, value);
            case FORWARDED -> forwarded = joined(forwarded, value);
            case X_FORWARDED_PROTO -> hasForwardedProto = true;
            case X_FORWARDED_HOST -> hasForwardedHost = true;
            case KEEP_ALIVE, PROXY_CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, HTTP2_SETTINGS -> {
            }
            case OTHER -> noteOther(name);
        }
    }

    private void noteConnection(CharSequence value) {
        for (String option : value.toString().split(",", -1)) {
            String token = option.strip().toLowerCase(Locale.ROOT);
            switch (token) {
                case "close" -> close = true;
                case "keep-alive" -> keepAlive = true;
                case "upgrade" -> upgrade = true;
                // An end-to-end field that the routing of this very request hangs on is not to be taken off by a client.
                case "", "te", "host", "content-length", "authorization", "x-forwarded-for", "forwarded" -> {
                }
                default -> named = (named.isEmpty() ? "," : named) + token + ",";
            }
        }
    }

    private void noteOther(CharSequence name) {
        boolean ambiguous = switch (name.length()) {
            case CONTENT_LENGTH_BYTES -> CONTENT_LENGTH_UNDERSCORED.contentEqualsIgnoreCase(name);
            case TRANSFER_ENCODING_BYTES -> TRANSFER_ENCODING_UNDERSCORED.contentEqualsIgnoreCase(name);
            case OLD_WEB_SOCKET_KEY_BYTES -> OLD_WEB_SOCKET_KEY.contentEqualsIgnoreCase(name);
            default -> false;
        };
        if (ambiguous) {
            problem = "the field " + name + " makes its end ambiguous";
        }
    }

    private void judge() {
        if (problem != null) {
            return;
        }
        problem = framingProblem();
        if (problem == null) {
            problem = authorityProblem();
        }
        if (problem == null) {
            problem = targetProblem();
        }
        if (problem == null && (hosts > 1 || (hosts == 0 && !isOld()) || !isHost(host))) {
            problem = "it must have one Host field with a host in it";
        }
        if (problem == null && isWebSocket() && hasBody()) {
            problem = "an upgrade cannot have a body";
        }
    }

    private @Nullable String framingProblem() {
        if (encodings > 0 && (encodings > 1 || !chunked || isOld())) {
            return "its Transfer-Encoding is not the one word chunked, in HTTP/1.1";
        }
        if (encodings > 0 && lengths > 0) {
            return "it has both Content-Length and Transfer-Encoding";
        }
        if (lengths > 1 || (lengths == 1 && contentLength < 0)) {
            return "its Content-Length is not one number";
        }
        return null;
    }

    /** Takes a target in absolute form for the path in it, if it names the host that Host names (RFC 9112, 3.2.2). */
    private @Nullable String authorityProblem() {
        if (!target.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        int end = SCHEME.length();
        while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        String authority = target.substring(SCHEME.length(), end);
        if (authority.isEmpty() || (hosts == 1 && !withoutPort(authority).equalsIgnoreCase(withoutPort(host)))) {
            return "its target names another host than its Host field";
        }
        String rest = target.substring(end);
        if (rest.isEmpty() && HttpMethod.OPTIONS.equals(method)) {
            target = "*";
        } else {
            target = rest.startsWith("/") ? rest : "/" + rest;
        }
        if (hosts == 0 && isOld()) {
            // A request of HTTP/1.1 has a Host field whatever its target's form (RFC 9112, 3.2).
            hosts = 1;
            host = authority;
            hostFromTarget = true;
        }
        return null;
    }

    private static String withoutPort(String authority) {
        return authority.endsWith(DEFAULT_PORT)
                ? authority.substring(0, authority.length() - DEFAULT_PORT.length())
                : authority;
    }

    private @Nullable String targetProblem() {
        if (target.equals("*")) {
            return HttpMethod.OPTIONS.equals(method) ? null : "only OPTIONS can ask for *";
        }
        if (target.isEmpty() || target.charAt(0) != '/') {
            return "its target does not begin with /";
        }
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '#') {
                return "its target has a control byte, a space or a #";
            }
        }
        return null;
    }

    private static boolean isHost(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "-._~:[]%!$&'()*+;=".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static long number(CharSequence value) {
        int length = value.length();
        if (length == 0 || length > MOST_LENGTH_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }

    private static String joined(@Nullable String before, CharSequence value) {
        return before == null ? value.toString() : before + ", " + value;
    }
}
