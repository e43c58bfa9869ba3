// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/**
 * One answer of a server that may be right, odd or broken, and what its client may make of it.
 *
 * @param bytes as the server sends them, what no request asked for included
 * @param ends how the server's connection goes on
 * @param toHead whether it answers HEAD
 * @param whole the body that the client gets if it gets a whole answer; null if it must not get one
 * @param sure whether the client must get the whole answer: nothing is wrong with it
 */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
record ResponseFuzz(String bytes, Ends ends, boolean toHead, @Nullable String whole, boolean sure) {

    /** How the server's connection goes on after the answer. */
    enum Ends {
        /** It stays open. */
        STAYS,
        /** It ends in order. */
        CLOSES,
        /** It is reset. */
        RESETS
    }

    private static final String FOREIGN = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-Of: no-request\r\n\r\nforeign";
    private static final List<String> LEFTOVERS = List.of("", "", "", "\n", "\r\n", "}", "\r\n0\r\n\r\n",
            "trailing garbage", FOREIGN,
            "\r\n" + FOREIGN, "HTTP/1.1 100 Continue\r\n\r\n" + FOREIGN,
            "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    private static final List<String> INTERIMS = List.of("", "", "", "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n");
    private static final List<String> BROKEN_CHUNKS = List.of("zz\r\nbody\r\n0\r\n\r\n", "4\r\nbodyX\r\n0\r\n\r\n",
            "-4\r\nbody\r\n0\r\n\r\n",
            "ffffffffffffffff4\r\nbody\r\n0\r\n\r\n", "4\r\nbody0\r\n\r\n", "\r\n4\r\nbody\r\n0\r\n\r\n",
            "0x4\r\nbody\r\n0\r\n\r\n");
    private static final List<String> BROKEN_FRAMINGS = List.of("Content-Length: 4\r\nContent-Length: 5",
            "Content-Length: -1",
            "Content-Length: x", "Content-Length: 4, 5", "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", "Content-Length: 99999999999999999999");
    private static final List<String> BROKEN_HEADS = List.of("", "garbage\r\n\r\n", "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/2 200 OK\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 4\r\n\r\nbody", "HTTP/1.1 200 OK\r\nContent-Len",
            "HTTP/1.1 20 OK\r\nContent-Length: 4\r\n\r\nbody", "HTTP/1.1 2000 OK\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 O\0K\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 \u007f\r\nContent-Length: 4\r\n\r\nbody");

    /** An answer for the request of that id. */
    static ResponseFuzz of(String id, Random random) {
        String body = id + ":" + "b".repeat(random.nextInt(300));
        String mark = "X-Of: " + id + "\r\n";
        String left = one(LEFTOVERS, random);
        String interim = one(INTERIMS, random);
        String head = interim + "HTTP/1.1 200 OK\r\n" + mark;
        String length = "Content-Length: " + body.length() + "\r\n\r\n";
        return switch (random.nextInt(12)) {
            case 0, 1 -> new ResponseFuzz(head + length + body + left, Ends.STAYS, false, body, true);
            case 2 -> new ResponseFuzz(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks(body, random) + left,
                    Ends.STAYS, false, body,
                    true);
            case 3 -> new ResponseFuzz(head + length + left, Ends.STAYS, true, "", true);
            case 4 -> new ResponseFuzz(head + length + body + left, Ends.STAYS, true, "", true);
            case 5 -> new ResponseFuzz(interim + "HTTP/1.1 204 No Content\r\n" + mark + "\r\n" + left, Ends.STAYS,
                    false, "", true);
            case 6 -> new ResponseFuzz(interim + "HTTP/1.1 304 Not Modified\r\n" + mark + length + left, Ends.STAYS,
                    false, "", true);
            case 7 -> new ResponseFuzz(head + "\r\n" + body, Ends.CLOSES, false, body, true);
            case 8 -> new ResponseFuzz(head + length + body.substring(0, random.nextInt(body.length())),
                    random.nextBoolean() ? Ends.CLOSES : Ends.RESETS, false, null, false);
            case 9 -> new ResponseFuzz(
                    head + "Transfer-Encoding: chunked\r\n\r\n" + (random.nextBoolean() ? "" : Peer.chunk(body))
                            + one(BROKEN_CHUNKS, random),
                    Ends.CLOSES, false, null, false);
            case 10 ->
                new ResponseFuzz(head + one(BROKEN_FRAMINGS, random) + "\r\n\r\nbody", Ends.CLOSES, false, null, false);
            default -> new ResponseFuzz(interim + one(BROKEN_HEADS, random), Ends.CLOSES, false, null, false);
        };
    }

    private static String chunks(String body, Random random) {
        StringBuilder chunks = new StringBuilder();
        for (int at = 0; at < body.length();) {
            int next = Math.min(body.length(), at + 1 + random.nextInt(60));
            chunks.append(Peer.chunk(body.substring(at, next)));
            at = next;
        }
        return chunks.append(random.nextBoolean() ? "0\r\n\r\n" : "0\r\nX-T: v\r\n\r\n").toString();
    }

    private static String one(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }
}
