// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import dev.lastcall.metadata.NodeClock;

/** One request and its answer, from the client's side: sent, read and judged byte for byte. Confined to one thread. */
final class Talk {

    /** The request met the end of its idle connection, which was in order, and is sent again, as client libraries do. */
    static final String RACED = "raced";
    private static final int SERVICE_RESTART = 1012;
    private static final int LEAVES_AFTER_EVENTS = 3;
    private static final int SLOW_PIECE = 16 * 1024;

    private final Wire wire;
    private final Ask ask;
    private final DoorWatch doors;
    private final boolean reused;
    private final long sentNanos = NodeClock.system().nanoTime();

    Talk(Wire wire, Ask ask, DoorWatch doors, boolean reused) {
        this.wire = wire;
        this.ask = ask;
        this.doors = doors;
        this.reused = reused;
    }

    Judged hold() {
        try {
            wire.send(ask.head());
            if (ask.kind() == Kind.UPLOAD) {
                upload(ask.filler());
            }
        } catch (IOException failure) {
            // An answer, or the connection's orderly end, may be there all the same.
        }
        Wire.Head head;
        try {
            head = wire.readHead();
            if (head.status() == 100) {
                if (ask.kind() == Kind.UPLOAD_LEAVER) {
                    return leaveUpload();
                }
                head = wire.readHead();
            }
        } catch (IOException failure) {
            return broken(failure, "before an answer");
        }
        if (head.isEnd()) {
            return reused ? lost(RACED) : broken(new EOFException(), "before an answer");
        }
        return judge(head);
    }

    private Judged judge(Wire.Head head) {
        int status = head.status();
        if (status == 408 && reused) {
            // The idle connection was just ending; client libraries send again at this.
            return lost(RACED);
        }
        if (status == 502 || status == 503) {
            return error(head);
        }
        if (!head.field(Ask.ID).equals(ask.id())) {
            return lost(status + " for " + head.field(Ask.ID));
        }
        int wanted = switch (ask.kind()) {
            case NO_CONTENT -> 204;
            case NOT_MODIFIED -> 304;
            case WEB_SOCKET -> 101;
            case STREAM, PLAIN, CHUNKED, UPLOAD, HEAD, SLOW_READER, LEAVER, UPLOAD_LEAVER -> 200;
        };
        if (status != wanted) {
            return lost("status " + status);
        }
        boolean keeps = !head.field("connection").equals("close");
        return switch (ask.kind()) {
            case HEAD, NO_CONTENT, NOT_MODIFIED -> new Judged(End.WHOLE, "", keeps);
            case WEB_SOCKET -> webSocket();
            case STREAM, PLAIN, CHUNKED, UPLOAD, SLOW_READER, LEAVER, UPLOAD_LEAVER -> body(head, keeps);
        };
    }

    /** An answer of the gate's own. */
    private Judged error(Wire.Head head) {
        String text = "";
        try {
            if (ask.kind() != Kind.HEAD) {
                text = new String(wire.body(head).readAllBytes(), StandardCharsets.US_ASCII);
            }
        } catch (IOException failure) {
            return broken(failure, "in an answer " + head.status());
        }
        if (head.status() == 502) {
            return ask.fault().breaksTheAnswer() ? new Judged(End.FAULT, "502", false) : lost("502 " + text.strip());
        }
        boolean cut = text.contains("node_reclaimed");
        if (cut) {
            return doors.isCutAllowed(sentNanos) ? new Judged(End.CUT, "503", false) : lost("cut without need: 503");
        }
        // The answer to HEAD has no body to tell by.
        boolean refused = text.contains("node_draining") || ask.kind() == Kind.HEAD;
        return refused && doors.isRefusalAllowed() && !head.field("retry-after").isEmpty()
                ? new Judged(End.REFUSED, "", false)
                : lost("503 " + text.strip());
    }

    private Judged body(Wire.Head head, boolean keeps) {
        var got = new ByteArrayOutputStream();
        byte[] wanted = ask.answer();
        try {
            InputStream in = wire.body(head);
            byte[] buffer = new byte[SLOW_PIECE];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                got.write(buffer, 0, count);
                if (ask.kind() == Kind.LEAVER && got.size() > LEAVES_AFTER_EVENTS * ask.event(1).length) {
                    return leave();
                }
                if (ask.kind() == Kind.SLOW_READER) {
                    NodeClock.system().sleep(Duration.ofMillis(20));
                }
            }
        } catch (IOException failure) {
            byte[] bytes = got.toByteArray();
            return isPrefix(bytes, wanted) ? broken(failure, "in the body") : lost("foreign bytes, then " + failure);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return lost("the client was ended");
        }
        byte[] bytes = got.toByteArray();
        if (Arrays.equals(bytes, wanted)) {
            return ask.fault().breaksTheAnswer()
                    ? lost("whole in spite of a broken server")
                    : new Judged(End.WHOLE, "", keeps);
        }
        return ask.kind().isStream() ? cutStream(bytes, wanted) : lost("ended as if whole: " + describe(bytes, wanted));
    }

    /** A stream that ended in order and is not whole must say so itself. */
    private Judged cutStream(byte[] bytes, byte[] wanted) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int error = text.indexOf("data: {\"type\":\"error\"");
        boolean own = error >= 0 && isPrefix(Arrays.copyOf(bytes, error), wanted)
                && text.endsWith("}\nevent: error\n\n")
                && text.indexOf("node_reclaimed", error) > 0;
        if (!own) {
            return lost("a stream ended as if whole: " + describe(bytes, wanted));
        }
        return doors.isCutAllowed(sentNanos) ? new Judged(End.CUT, "event", false) : lost("cut without need: event");
    }

    private Judged webSocket() {
        try {
            for (int i = 0; i < ask.size(); i++) {
                byte[] text = (ask.id() + "#" + i).getBytes(StandardCharsets.US_ASCII);
                wire.send(new Frame(Frame.TEXT, text).bytes(true));
                Frame back = Frame.read(wire.in());
                if (back.opcode() == Frame.CLOSE) {
                    return back.closeCode() == SERVICE_RESTART && doors.isCutAllowed(sentNanos)
                            ? new Judged(End.CUT, "close frame", false)
                            : lost("close frame " + back.closeCode());
                }
                if (!Arrays.equals(back.payload(), text)) {
                    return lost("a foreign frame");
                }
                NodeClock.system().sleep(Duration.ofMillis(ask.gapMillis()));
            }
            wire.send(new Frame(Frame.CLOSE, new byte[]{3, (byte) 0xe8}).bytes(true));
            Frame end = Frame.read(wire.in());
            return end.opcode() == Frame.CLOSE ? new Judged(End.WHOLE, "", false) : lost("no close frame back");
        } catch (IOException failure) {
            return broken(failure, "in a WebSocket");
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return lost("the client was ended");
        }
    }

    private void upload(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length;) {
            int next = Math.min(bytes.length, at + 1 + bytes.length / 7);
            wire.send(Wire.chunk(Arrays.copyOfRange(bytes, at, next)));
            at = next;
        }
        wire.send("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private Judged leaveUpload() throws IOException {
        wire.send(Wire.chunk(Arrays.copyOf(ask.filler(), ask.size() / 2)));
        return leave();
    }

    private Judged leave() throws IOException {
        if (ask.id().hashCode() % 2 == 0) {
            wire.reset();
        } else {
            wire.close();
        }
        return new Judged(End.LEFT, "", false);
    }

    private Judged broken(IOException failure, String where) {
        if (ask.fault().breaksTheAnswer()) {
            return new Judged(End.FAULT, "", false);
        }
        return doors.isCutAllowed(sentNanos) ? new Judged(End.CUT, "broken off", false) : lost(where + ": " + failure);
    }

    private static Judged lost(String detail) {
        return new Judged(End.LOST, detail, false);
    }

    private static boolean isPrefix(byte[] bytes, byte[] whole) {
        return bytes.length <= whole.length && Arrays.equals(bytes, 0, bytes.length, whole, 0, bytes.length);
    }

    private static String describe(byte[] got, byte[] wanted) {
        int at = Arrays.mismatch(got, wanted);
        int end = Math.min(got.length, Math.max(at, 0) + 60);
        return got.length + " bytes of " + wanted.length + ", other from " + at + ": "
                + new String(got, Math.max(at, 0), end - Math.max(at, 0), StandardCharsets.ISO_8859_1);
    }
}
