// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import dev.lastcall.agent.gate.ReferenceParser.IncompleteException;
import dev.lastcall.agent.gate.ReferenceParser.MalformedException;
import dev.lastcall.agent.gate.ReferenceParser.Message;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a {@link MemoryGate} makes of a server's bytes against the {@link ReferenceParser}: the client gets the answer
 * that the reference reads, whole, or learns that it did not; the connection to the server is kept only where that answer is
 * all that came; and it makes no difference in which pieces the bytes come.
 */
final class ResponseCodecCheck {

    /** Before the server's bytes in an input: they answer HEAD. Anything else there is GET. */
    static final char TO_HEAD = 'H';
    /** Before the server's bytes in an input: they answer GET. */
    static final char TO_GET = 'G';

    private static final String REST = " HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String NEXT = "/next";
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final String UNUSABLE = new String(MemoryGate.unusable(), StandardCharsets.ISO_8859_1);

    /**
     * What became of a server's bytes.
     *
     * @param answer what the client got as whole, once or at the end of the server's connection; null if it learned that it has none
     * @param early  whether it had that before the end of the server's connection
     * @param keeps  whether the connection to the server was kept for the next request
     */
    private record Outcome(@Nullable Message answer, boolean early, boolean keeps) {}

    private ResponseCodecCheck() {}

    /** Fails if the gate and the reference read the bytes in two ways. */
    static void check(byte[] input) {
        if (input.length < 2) {
            return;
        }
        boolean toHead = input[0] == TO_HEAD;
        byte[] bytes = java.util.Arrays.copyOfRange(input, 1, input.length);
        Outcome whole = pass(toHead, bytes, bytes.length);
        Outcome single = pass(toHead, bytes, 1);
        expect(whole.equals(single), "the pieces make a difference: " + whole + " and " + single, bytes);
        ReferenceParser parser = new ReferenceParser(bytes);
        try {
            boolean early = true;
            Message read;
            try {
                read = parser.response(toHead, false);
            } catch (IncompleteException e) {
                early = false;
                parser = new ReferenceParser(bytes);
                read = parser.response(toHead, true);
            }
            compare(toHead, read, early, parser.isAtEnd(), whole, bytes);
        } catch (IncompleteException e) {
            expect(whole.answer() == null, "an answer that breaks off was taken for whole: " + whole, bytes);
        } catch (MalformedException e) {
            // The gate may read it, if only in one way, because it writes it again.
        }
    }

    private static void compare(boolean toHead, Message read, boolean early, boolean all, Outcome outcome,
            byte[] bytes) {
        Message got = outcome.answer();
        if (read.status() == SWITCHING_PROTOCOLS) {
            expect(got == null && !outcome.keeps(), "a tunnel that was not asked for: " + outcome, bytes);
            return;
        }
        if (got == null) {
            throw new AssertionError("the client did not get " + read + "\nof " + show(bytes));
        }
        expect(got.status() == read.status() && got.body().equals(read.body()), "the client got " + got + " instead of "
                + read, bytes);
        for (ReferenceParser.Field field : got.fields()) {
            expect(Field.of(field.name()).isHopByHop() || read.fields().contains(field),
                    "the client got a field that the server did not send: " + field, bytes);
        }
        expect(read.trailers().containsAll(got.trailers()), "the client got trailers that the server did not send: "
                + got.trailers(), bytes);
        expect(outcome.early() == early, "the answer ended early: " + outcome.early() + " instead of " + early, bytes);
        expect(all || !outcome.keeps(), "a connection with bytes left over was kept", bytes);
        expect(all || !servesAhead(toHead, bytes), "a request sent ahead met what was left over", bytes);
        expect(early || !outcome.keeps(), "a connection in mid-answer was kept", bytes);
    }

    private static String first(boolean toHead) {
        return (toHead ? "HEAD /" : "GET /") + REST;
    }

    private static Outcome pass(boolean toHead, byte[] bytes, int piece) {
        byte[] request = ReferenceParser.bytes(first(toHead));
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        try (MemoryGate gate = new MemoryGate()) {
            gate.fromClient(request, 0, request.length);
            gate.takeToServer(sent);
            for (int at = 0; at < bytes.length; at += piece) {
                gate.fromServer(bytes, at, Math.min(piece, bytes.length - at));
            }
            gate.takeToClient(got);
            boolean early = answer(got, toHead, gate.hasReset(), bytes) != null;
            boolean keeps = gate.keepsServer();
            expect(early || !keeps, "the connection was kept without an answer: " + show(got.toByteArray()), bytes);
            gate.serverEnds();
            gate.takeToClient(got);
            Message answer = answer(got, toHead, gate.hasReset(), bytes);
            expect(answer != null || gate.hasReset() || isUnusable(got),
                    "the client waits for an answer's end: " + show(got.toByteArray()), bytes);
            return new Outcome(answer, early, keeps);
        }
    }

    /** Whether the same connection to the server gets the request that its client has sent before the answer to the first. */
    private static boolean servesAhead(boolean toHead, byte[] bytes) {
        byte[] requests = ReferenceParser.bytes(first(toHead) + "GET " + NEXT + REST);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        try (MemoryGate gate = new MemoryGate()) {
            gate.fromClient(requests, 0, requests.length);
            gate.fromServer(bytes, 0, bytes.length);
            gate.takeToServer(sent);
        }
        return sent.toString(StandardCharsets.ISO_8859_1).contains(NEXT);
    }

    private static boolean isUnusable(ByteArrayOutputStream got) {
        String text = got.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith(UNUSABLE) || text.endsWith(UNUSABLE.substring(0, UNUSABLE.indexOf("\r\n\r\n") + 4));
    }

    /** The one whole answer that the client has; null if it has none, or one of the gate's own. */
    private static @Nullable Message answer(ByteArrayOutputStream got, boolean toHead, boolean reset, byte[] bytes) {
        if (got.size() == 0 || isUnusable(got)) {
            return null;
        }
        ReferenceParser parser = new ReferenceParser(got.toByteArray());
        try {
            Message answer = parser.response(toHead, false);
            expect(!reset, "the client's connection was reset after a whole answer", bytes);
            expect(parser.isAtEnd(), "the client got more than one answer: " + show(got.toByteArray()), bytes);
            return answer;
        } catch (IncompleteException e) {
            return null;
        } catch (MalformedException e) {
            throw new AssertionError("the client got what is malformed (" + e.getMessage() + "): "
                    + show(got.toByteArray()) + "\nof " + show(bytes), e);
        }
    }

    private static void expect(boolean holds, String otherwise, byte[] bytes) {
        if (!holds) {
            throw new AssertionError(otherwise + "\nof " + show(bytes));
        }
    }

    private static String show(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replace("\r", "\\r")
                .replace("\n", "\\n\n")
                .replace("\0",
                        "\\0");
    }
}
