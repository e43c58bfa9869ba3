// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.lastcall.agent.gate.ReferenceParser.IncompleteException;
import dev.lastcall.agent.gate.ReferenceParser.MalformedException;
import dev.lastcall.agent.gate.ReferenceParser.Message;

/**
 * Holds what a {@link MemoryGate} makes of a client's bytes against the {@link ReferenceParser}: the server gets each request
 * that the reference reads, up to the first that a gate refuses, as it was meant, and nothing else; and it makes no difference
 * in which pieces the bytes come.
 */
final class RequestCodecCheck {

    private static final String SEVERAL_EMPTY_LINES = "\r\n".repeat(5);
    private static final String WEB_SOCKET = "websocket";
    private static final int MOST_FIELDS = GateSettings.Limits.DEFAULT.headFields();
    private static final int LENGTH_DIGITS = 18;
    private static final byte[] OK = ReferenceParser.bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    private static final byte[] OK_TO_HEAD = ReferenceParser.bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");

    /** What became of some bytes: the whole requests that came to the server, and the statuses of the answers. */
    private record Outcome(List<Message> arrived, List<Integer> answered) {}

    private RequestCodecCheck() {}

    /** Fails if the gate and the reference read the bytes in two ways. */
    static void check(byte[] bytes) {
        Outcome whole = pass(bytes, Math.max(1, bytes.length));
        Outcome single = pass(bytes, 1);
        expect(whole.equals(single), "the pieces make a difference: " + whole + " and " + single, bytes);
        List<Message> read = ReferenceParser.requests(bytes);
        int most = mostTaken(read);
        List<Message> arrived = whole.arrived();
        expect(arrived.size() <= most, "the server got " + arrived + " instead of " + read, bytes);
        for (int i = 0; i < arrived.size(); i++) {
            compare(read.get(i), arrived.get(i), bytes);
        }
        if (arrived.size() < most) {
            Message refused = read.get(arrived.size());
            expect(mayBeRefused(refused, bytes), "the server did not get " + refused + "; the client got "
                    + whole.answered(), bytes);
        }
    }

    /** How many of them there can be before the client's own word ends the connection. */
    private static int mostTaken(List<Message> read) {
        for (int i = 0; i < read.size(); i++) {
            if (isLast(read.get(i))) {
                return i + 1;
            }
        }
        return read.size();
    }

    private static boolean isLast(Message request) {
        boolean keeps = false;
        for (String value : request.values("connection")) {
            for (String option : value.split(",", -1)) {
                String token = option.strip().toLowerCase(Locale.ROOT);
                if (token.equals("close")) {
                    return true;
                }
                keeps |= token.equals("keep-alive");
            }
        }
        return request.third().equals("HTTP/1.0") && !keeps;
    }

    /** Whether a gate turns away what can be read in one way only, because others read it otherwise, or by a limit. */
    private static boolean mayBeRefused(Message request, byte[] bytes) {
        boolean ambiguous = request.fields()
                .stream()
                .map(field -> field.name().toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.equals("content_length") || name.equals("transfer_encoding")
                        || name.equals("sec-websocket-key1"));
        boolean absolute = !request.second().startsWith("/") && !request.second().equals("*");
        boolean upgrade = request.values("upgrade").stream().anyMatch(WEB_SOCKET::equalsIgnoreCase);
        boolean longLength = request.values("content-length")
                .stream()
                .anyMatch(length -> length.length() > LENGTH_DIGITS);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        // A chunk's extension that is not written as one.
        boolean extended = !request.values("transfer-encoding").isEmpty() && text.indexOf(';') >= 0;
        return ambiguous || absolute || upgrade || longLength || extended || request.second().indexOf('#') >= 0
                || request.fields().size() > MOST_FIELDS || request.trailers().size() > MOST_FIELDS
                || text.contains(SEVERAL_EMPTY_LINES);
    }

    private static Outcome pass(byte[] bytes, int piece) {
        List<Message> arrived = new ArrayList<>();
        ByteArrayOutputStream pending = new ByteArrayOutputStream();
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try (MemoryGate gate = new MemoryGate()) {
            for (int at = 0; at < bytes.length; at += piece) {
                gate.fromClient(bytes, at, Math.min(piece, bytes.length - at));
                int before;
                do {
                    before = arrived.size();
                    gate.takeToServer(pending);
                    answerAll(gate, pending, arrived, bytes);
                } while (arrived.size() > before);
            }
            gate.takeToClient(answers);
            return new Outcome(arrived, statuses(answers.toByteArray(), arrived, bytes));
        }
    }

    private static void answerAll(MemoryGate gate, ByteArrayOutputStream pending, List<Message> arrived, byte[] bytes) {
        byte[] got = pending.toByteArray();
        ReferenceParser parser = new ReferenceParser(got);
        int whole = 0;
        try {
            while (!parser.isAtEnd()) {
                Message request = parser.request();
                whole = parser.position();
                arrived.add(request);
                byte[] answer = request.first().equals("HEAD") ? OK_TO_HEAD : OK;
                gate.fromServer(answer, 0, answer.length);
            }
        } catch (IncompleteException e) {
            // The rest waits for more.
        } catch (MalformedException e) {
            throw new AssertionError("the server got what is malformed (" + e.getMessage() + "): " + show(got) + "\nof "
                    + show(bytes), e);
        }
        pending.reset();
        pending.write(got, whole, got.length - whole);
    }

    private static List<Integer> statuses(byte[] answers, List<Message> arrived, byte[] bytes) {
        ReferenceParser parser = new ReferenceParser(answers);
        List<Integer> statuses = new ArrayList<>();
        try {
            while (!parser.isAtEnd()) {
                boolean toHead = statuses.size() < arrived.size()
                        ? arrived.get(statuses.size()).first().equals("HEAD")
                        : refusesHead(parser, answers);
                Message answer = parser.response(toHead, false);
                statuses.add(answer.status());
            }
        } catch (IncompleteException | MalformedException e) {
            throw new AssertionError("the client got no whole answers: " + show(answers) + "\nof " + show(bytes), e);
        }
        expect(statuses.size() == arrived.size() || statuses.size() == arrived.size() + 1,
                statuses.size() + " answers to " + arrived.size() + " requests and the one that was refused: "
                        + show(answers),
                bytes);
        return statuses;
    }

    /** Whether the last answer, to a request that did not arrive, has no body. */
    private static boolean refusesHead(ReferenceParser parser, byte[] answers) {
        return new String(answers, parser.position(), answers.length - parser.position(), StandardCharsets.ISO_8859_1)
                .endsWith("\r\n\r\n");
    }

    private static void compare(Message request, Message arrived, byte[] bytes) {
        boolean asterisk = arrived.second().equals("*") && request.first().equals("OPTIONS")
                && request.path().equals("/");
        expect(arrived.first().equals(request.first()) && (asterisk || arrived.path().equals(request.path())),
                "the server got " + arrived.first() + " " + arrived.second() + " instead of " + request.first() + " "
                        + request.path(),
                bytes);
        expect(arrived.body().equals(request.body()), "the server got the body " + arrived.body() + " instead of "
                + request.body(), bytes);
        expect(request.host().isEmpty() || arrived.host().equals(request.host()), "the server got the host "
                + arrived.host() + " instead of " + request.host(), bytes);
        for (ReferenceParser.Field field : arrived.fields()) {
            expect(Field.of(field.name()) != Field.OTHER || request.fields().contains(field),
                    "the server got a field that the client did not send: " + field, bytes);
        }
        expect(request.trailers().containsAll(arrived.trailers()),
                "the server got trailers that the client did not send: "
                        + arrived.trailers(),
                bytes);
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
