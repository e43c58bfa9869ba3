// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map.Entry;

import dev.lastcall.agent.gate.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;

/**
 * Writes the heads that go on: the fields as they came, in their order and case, without those that speak of one
 * connection, with those that the gate adds. One per client connection. Confined to the event loop.
 */
final class HeaderWriter {

    private static final AsciiString VERSION = AsciiString.cached(" HTTP/1.1\r\n");
    private static final AsciiString STATUS_VERSION = AsciiString.cached("HTTP/1.1 ");
    private static final AsciiString CHUNKED = AsciiString.cached("Transfer-Encoding: chunked\r\n");
    private static final AsciiString UPGRADE = AsciiString.cached("Connection: Upgrade\r\nUpgrade: websocket\r\n");
    private static final AsciiString TRAILERS = AsciiString.cached("TE: trailers\r\nConnection: TE\r\n");
    private static final AsciiString CLOSE = AsciiString.cached("Connection: close\r\n");
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("Connection: keep-alive\r\n");
    private static final int ROOM_BYTES = 512;

    /** What becomes of the connection after a response, as the response's head says it. */
    enum Persistence {
        /** It stays open, which HTTP/1.1 need not say. */
        IMPLIED,
        /** It stays open, and the answer says so to a client of HTTP/1.0. */
        KEPT,
        /** It is closed. */
        CLOSED,
        /** It becomes a WebSocket. */
        UPGRADED
    }

    private final AsciiString clientAddress;
    private final AsciiString forwardedFor;
    private final AsciiString upstreamAuthority;
    private final AsciiString forwardedProto;
    private final AsciiString proto;

    HeaderWriter(Channel from, SocketAddress upstream) {
        InetAddress client = ClientMemory.addressOf(from);
        String scheme = ClientTls.scheme(from);
        String text = text(client);
        clientAddress = new AsciiString(text);
        forwardedFor = new AsciiString(client instanceof Inet6Address ? "for=\"[" + text + "]\"" : "for=" + text);
        upstreamAuthority = new AsciiString(authority(upstream));
        forwardedProto = new AsciiString("X-Forwarded-Proto: " + scheme + "\r\n");
        proto = new AsciiString(";proto=" + scheme + "\r\n");
    }

    /** The head of a request as it goes to the server. */
    void write(HttpRequest request, RequestFraming survey, WriteBuffer to) {
        ByteBuf out = to.room(ROOM_BYTES);
        ascii(out, request.method().asciiName());
        out.writeByte(' ');
        ascii(out, survey.target());
        ascii(out, VERSION);
        if (survey.host.isEmpty()) {
            field(out, "Host", upstreamAuthority);
        } else if (survey.hostFromTarget) {
            field(out, "Host", survey.host);
        }
        Iterator<Entry<CharSequence, CharSequence>> fields = request.headers().iteratorCharSequence();
        while (fields.hasNext()) {
            Entry<CharSequence, CharSequence> field = fields.next();
            if (goesOn(field.getKey(), survey)) {
                field(out, field.getKey(), field.getValue());
            }
        }
        if (survey.chunked) {
            ascii(out, CHUNKED);
        }
        if (survey.isWebSocket()) {
            ascii(out, UPGRADE);
        } else if (survey.trailers) {
            ascii(out, TRAILERS);
        }
        writeForwarding(out, survey);
        crlf(out);
    }

    private static boolean goesOn(CharSequence name, RequestFraming survey) {
        Field field = Field.of(name);
        return switch (field) {
            case X_FORWARDED_FOR, FORWARDED -> false;
            case HOST -> !survey.host.isEmpty();
            case EXPECT -> !survey.isOld();
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
                    TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS, CONTENT_LENGTH, X_FORWARDED_PROTO, X_FORWARDED_HOST,
                    OTHER ->
                !field.isHopByHop() && (survey.named.isEmpty() || !isNamed(survey.named, name));
        };
    }

    private void writeForwarding(ByteBuf out, RequestFraming survey) {
        ascii(out, "X-Forwarded-For: ");
        if (survey.forwardedFor != null) {
            ascii(out, survey.forwardedFor);
            ascii(out, ", ");
        }
        ascii(out, clientAddress);
        crlf(out);
        if (!survey.hasForwardedProto) {
            ascii(out, forwardedProto);
        }
        if (!survey.hasForwardedHost && !survey.host.isEmpty()) {
            field(out, "X-Forwarded-Host", survey.host);
        }
        ascii(out, "Forwarded: ");
        if (survey.forwarded != null) {
            ascii(out, survey.forwarded);
            ascii(out, ", ");
        }
        ascii(out, forwardedFor);
        if (!survey.host.isEmpty()) {
            ascii(out, ";host=\"");
            ascii(out, survey.host);
            out.writeByte('"');
        }
        ascii(out, proto);
    }

    /** The head of a response as it goes to the client. */
    static void write(HttpResponse response, boolean chunked, boolean lengthKept, Persistence persistence,
            WriteBuffer to) {
        ByteBuf out = to.room(ROOM_BYTES);
        ascii(out, STATUS_VERSION);
        ascii(out, response.status().codeAsText());
        out.writeByte(' ');
        ascii(out, response.status().reasonPhrase());
        crlf(out);
        HttpHeaders headers = response.headers();
        String named = named(headers);
        Iterator<Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Entry<CharSequence, CharSequence> entry = fields.next();
            Field field = Field.of(entry.getKey());
            if (!field.isHopByHop() && (field != Field.CONTENT_LENGTH || lengthKept)
                    && (named.isEmpty() || !isNamed(named, entry.getKey()))) {
                field(out, entry.getKey(), entry.getValue());
            }
        }
        if (chunked) {
            ascii(out, CHUNKED);
        }
        switch (persistence) {
            case IMPLIED -> {
            }
            case KEPT -> ascii(out, KEEP_ALIVE);
            case CLOSED -> ascii(out, CLOSE);
            case UPGRADED -> ascii(out, UPGRADE);
        }
        crlf(out);
    }

    /** The end of a chunked body, with the trailer fields that may stand there. */
    static void writeEnd(HttpHeaders trailers, WriteBuffer to) {
        ByteBuf out = to.room(ROOM_BYTES);
        ascii(out, "0\r\n");
        if (!trailers.isEmpty()) {
            Iterator<Entry<CharSequence, CharSequence>> fields = trailers.iteratorCharSequence();
            while (fields.hasNext()) {
                Entry<CharSequence, CharSequence> field = fields.next();
                // A trailer field that framing or routing hangs on could be taken for a header field by the receiver.
                if (Field.of(field.getKey()) == Field.OTHER
                        && !AsciiString.contentEqualsIgnoreCase(field.getKey(), "authorization")) {
                    field(out, field.getKey(), field.getValue());
                }
            }
        }
        crlf(out);
    }

    private static String named(HttpHeaders headers) {
        String named = "";
        if (headers.contains("connection")) {
            for (String value : headers.getAll("connection")) {
                for (String option : value.split(",", -1)) {
                    String token = option.strip().toLowerCase(Locale.ROOT);
                    switch (token) {
                        case "", "close", "keep-alive", "upgrade", "content-length", "content-type" -> {
                        }
                        default -> named = (named.isEmpty() ? "," : named) + token + ",";
                    }
                }
            }
        }
        return named;
    }

    private static boolean isNamed(String named, CharSequence name) {
        return named.contains("," + name.toString().toLowerCase(Locale.ROOT) + ",");
    }

    private static void field(ByteBuf out, CharSequence name, CharSequence value) {
        ascii(out, name);
        out.writeShort(':' << 8 | ' ');
        ascii(out, value);
        crlf(out);
    }

    private static void crlf(ByteBuf out) {
        out.writeShort('\r' << 8 | '\n');
    }

    private static void ascii(ByteBuf out, CharSequence text) {
        ByteBufUtil.writeAscii(out, text);
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static String authority(SocketAddress upstream) {
        if (!(upstream instanceof InetSocketAddress server)) {
            return "localhost";
        }
        InetAddress address = server.getAddress();
        String host = address == null ? server.getHostString() : text(address);
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.getPort();
    }
}
