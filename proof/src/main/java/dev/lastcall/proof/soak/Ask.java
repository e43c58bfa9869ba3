// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * One request. Its id is in every part of its answer.
 *
 * @param id unique in the run
 * @param kind what is asked for
 * @param fault what the server shall do wrong
 * @param size events of a stream, frames of a WebSocket, else bytes
 * @param gapMillis time between two events
 */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
record Ask(String id, Kind kind, SoakFault fault, int size, int gapMillis) {

    static final String ID = "x-soak-id";
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    /** The head, with its empty line. */
    byte[] head() {
        String method = switch (kind) {
            case HEAD -> "HEAD";
            case NO_CONTENT, NOT_MODIFIED, SLOW_READER, WEB_SOCKET, CHUNKED -> "GET";
            case STREAM, PLAIN, UPLOAD, LEAVER, UPLOAD_LEAVER -> "POST";
        };
        String framing = kind.uploads()
                ? "Transfer-Encoding: chunked\r\n" + (kind == Kind.UPLOAD_LEAVER ? "Expect: 100-continue\r\n" : "")
                : method.equals("POST") ? "Content-Length: " + id.length() + "\r\n" : "";
        String upgrade = kind == Kind.WEB_SOCKET
                ? "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                : "";
        return (method + " /soak/" + kind + "/" + fault + "/" + size + "/" + gapMillis + " HTTP/1.1\r\nHost: soak\r\n"
                + ID + ": " + id + "\r\n" + framing + upgrade + "\r\n"
                + (method.equals("POST") && !kind.uploads() ? id : "")).getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a request's target back. */
    static Ask parse(String target, String id) {
        String[] parts = target.split("/", -1);
        return new Ask(id, Kind.valueOf(parts[2]), SoakFault.valueOf(parts[3]), Integer.parseInt(parts[4]),
                Integer.parseInt(parts[5]));
    }

    /** One event of its stream. */
    byte[] event(int number) {
        return ("data: {\"id\":\"" + id + "\",\"n\":" + number + "}\n\n").getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] done() {
        return DONE.clone();
    }

    /** The body of the answer; of an upload the one that says that all of it arrived. */
    byte[] answer() {
        if (kind.isStream()) {
            var text = new StringBuilder();
            for (int i = 0; i < size; i++) {
                text.append(new String(event(i), StandardCharsets.US_ASCII));
            }
            return (text + new String(DONE, StandardCharsets.US_ASCII)).getBytes(StandardCharsets.US_ASCII);
        }
        if (kind.uploads()) {
            byte[] sent = filler();
            var sum = new CRC32();
            sum.update(sent);
            return receipt(sent.length, sum.getValue());
        }
        return kind.isBodiless() ? new byte[0] : filler();
    }

    byte[] receipt(long bytes, long sum) {
        return String.format(Locale.ROOT, "{\"id\":\"%s\",\"bytes\":%d,\"crc\":%d}", id, bytes, sum)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Its id over and over, {@code size} bytes of it. */
    byte[] filler() {
        byte[] line = (id + "|").getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[size];
        for (int at = 0; at < size; at++) {
            bytes[at] = line[at % line.length];
        }
        return bytes;
    }
}
