// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import dev.lastcall.agent.gate.ReferenceParser.IncompleteException;
import dev.lastcall.agent.gate.ReferenceParser.MalformedException;
import dev.lastcall.agent.gate.ReferenceParser.Message;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for a gate's connections whatever their peers and the agent do and in whatever order: each admitted request
 * ends once, nothing goes to a client that has no request, and the connection to the server is kept only where a message ends.
 */
final class GateWalkPropertyTest {

    private static final String NONE = "";

    /** What a peer sends, or what the gate's owner does. */
    enum Step {
        GET("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"), //
        LAST_GET("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), //
        HALF_GET("GET /a HTTP/1.1\r\n"), //
        METRICS("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n"), //
        POST("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n"), //
        CHUNKED_POST("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"), //
        UPLOAD("ab"), //
        UPLOAD_CHUNK("2\r\nab\r\n"), //
        LAST_UPLOAD_CHUNK("0\r\n\r\n"), //
        WEB_SOCKET("GET /w HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"), //
        MASKED_FRAME("\u0081\u00810000a"), //
        NO_REQUEST("\u0000\r\n\r\n"), //
        CLIENT_LEAVES(NONE), //

        ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), //
        LAST_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"), //
        HEAD("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"), //
        BODY("ab"), //
        CHUNKED_HEAD("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), //
        CHUNK("2\r\nab\r\n"), //
        LAST_CHUNK("0\r\n\r\n"), //
        STREAM("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"), //
        EVENT("9\r\ndata: x\n\n\r\n"), //
        HALF_EVENT("7\r\ndata: x\r\n"), //
        END_OF_EVENT("2\r\n\n\n\r\n"), //
        END_MARK("e\r\ndata: [DONE]\n\n\r\n"), //
        CONTINUE("HTTP/1.1 100 Continue\r\n\r\n"), //
        SWITCHED("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"), //
        FRAME("\u0081\u0001a"), //
        NO_ANSWER("x"), //
        SERVER_ENDS(NONE), //

        DOOR_CLOSED(NONE), //
        DOOR_OPENED(NONE), //
        CUT(NONE), //
        HARD_CUT(NONE), //
        LAST_CUT(NONE), //
        TICK(NONE), //
        GATE_LEAVES(NONE);

        @SuppressWarnings("ImmutableEnumChecker") // written to the wire, and never changed
        private final byte[] bytes;

        Step(String text) {
            bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        }

        boolean isServers() {
            return compareTo(ANSWER) >= 0 && compareTo(SERVER_ENDS) <= 0;
        }
    }

    @Property(tries = 500)
    void keepsItsBooksWhateverHappens(@ForAll("stories") List<List<Step>> story) {
        var walk = new Walk();
        try {
            story.forEach(phrase -> phrase.forEach(walk::take));
        } finally {
            walk.end();
        }
        Statistics.label("outcomes").coverage(coverage -> {
            for (String outcome : List.of("completed", "upstream failed", "client gone", "lost", "NOT_BEGUN",
                    "EVENT_STREAM", "BODY", "WEB_SOCKET", "refused", "kept")) {
                coverage.check(outcome).count(count -> count > 0);
            }
        });
    }

    /** One client's connection and one server's, and what is known of both. */
    private static final class Walk {
        private final MemoryGate gate = new MemoryGate();
        private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
        private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
        private final ByteArrayOutputStream toClient = new ByteArrayOutputStream();
        private boolean passesUncounted;

        void take(Step step) {
            GateCounts before = gate.counts();
            int written = toClient.size();
            passesUncounted |= step == Step.METRICS;
            act(step);
            gate.takeToServer(toServer);
            gate.takeToClient(toClient);
            GateCounts after = gate.counts();
            checkBooks(after);
            if (step.isServers() && before.inFlight() == 0 && !passesUncounted) {
                assertThat(toClient.size()).as("bytes for a client without a request, at %s", step).isEqualTo(written);
                assertThat(after.completed()).isEqualTo(before.completed());
            }
            if (gate.keepsServer()) {
                checkBoundary(after);
            }
            checkAnswers(after);
        }

        private void act(Step step) {
            switch (step) {
                case CLIENT_LEAVES -> gate.clientLeaves();
                case SERVER_ENDS -> gate.serverEnds();
                case DOOR_CLOSED -> gate.closeDoor();
                case DOOR_OPENED -> gate.openDoor();
                case CUT -> gate.cut();
                case HARD_CUT -> gate.cutHard(false);
                case LAST_CUT -> {
                    gate.cutHard(true);
                    assertThat(gate.leftOfCut()).as("what the last cut left").isZero();
                }
                case TICK -> gate.tick();
                case GATE_LEAVES -> gate.leave();
                case GET, LAST_GET, HALF_GET, METRICS, POST, CHUNKED_POST, UPLOAD, UPLOAD_CHUNK, LAST_UPLOAD_CHUNK,
                        WEB_SOCKET,
                        MASKED_FRAME, NO_REQUEST ->
                    gate.fromClient(step.bytes, 0, step.bytes.length);
                case ANSWER, LAST_ANSWER, HEAD, BODY, CHUNKED_HEAD, CHUNK, LAST_CHUNK, STREAM, EVENT, HALF_EVENT,
                        END_OF_EVENT,
                        END_MARK, CONTINUE, SWITCHED, FRAME, NO_ANSWER -> {
                    fromServer.writeBytes(step.bytes);
                    gate.fromServer(step.bytes, 0, step.bytes.length);
                }
            }
        }

        private static void checkBooks(GateCounts counts) {
            assertThat(counts.inFlight()).as("in flight").isBetween(0, 2);
            assertThat(ended(counts) + counts.inFlight()).as("each admitted request in one place: %s", counts)
                    .isEqualTo(counts.admitted());
            assertThat(counts.webSockets()).isBetween(0, 1);
        }

        private static long ended(GateCounts counts) {
            return counts.completed() + counts.upstreamFailures() + counts.clientGone() + counts.lost()
                    + counts.cutTotal();
        }

        /** A kept connection serves no request, and each request on it has its whole answer, after which nothing came. */
        private void checkBoundary(GateCounts counts) {
            assertThat(counts.inFlight()).as("in flight beside a kept connection").isZero();
            int requests = ReferenceParser.requests(toServer.toByteArray()).size();
            ReferenceParser answers = new ReferenceParser(fromServer.toByteArray());
            try {
                for (int i = 0; i < requests; i++) {
                    answers.response(false, false);
                }
            } catch (IncompleteException | MalformedException e) {
                throw new AssertionError("a connection was kept inside an answer: " + fromServer, e);
            }
            assertThat(answers.isAtEnd()).as("a kept connection has nothing left over: %s", fromServer).isTrue();
            Statistics.label("outcomes").collect("kept");
        }

        /** A request that is booked as completed has its whole answer, and none has two. */
        private void checkAnswers(GateCounts counts) {
            if (toClient.toString(StandardCharsets.ISO_8859_1).contains(" 101 ")) {
                return;
            }
            ReferenceParser parser = new ReferenceParser(toClient.toByteArray());
            long answers = 0;
            boolean last = false;
            try {
                while (!parser.isAtEnd()) {
                    Message answer = parser.response(false, gate.hasReset());
                    assertThat(last).as("nothing comes after the last answer: %s", toClient).isFalse();
                    last = answer.values("connection").contains("close");
                    answers++;
                }
            } catch (IncompleteException e) {
                // The next one is not whole yet, or never will be.
            } catch (MalformedException e) {
                throw new AssertionError("the client got what is malformed: " + toClient, e);
            }
            assertThat(answers).as("whole answers at the client").isGreaterThanOrEqualTo(counts.completed());
        }

        void end() {
            gate.close();
            GateCounts counts = gate.counts();
            assertThat(counts.inFlight()).isZero();
            assertThat(ended(counts)).isEqualTo(counts.admitted());
            collect("completed", counts.completed());
            collect("upstream failed", counts.upstreamFailures());
            collect("client gone", counts.clientGone());
            collect("lost", counts.lost());
            collect("refused", counts.refusedTotal());
            counts.cut().forEach((cut, count) -> collect(cut.name(), count));
        }

        private static void collect(String outcome, long count) {
            if (count > 0) {
                Statistics.label("outcomes").collect(outcome);
            }
        }
    }

    /** Most stories begin as their peers would have it, and go on by chance. */
    @Provide
    static Arbitrary<List<List<Step>>> stories() {
        Arbitrary<List<Step>> dialogue = phrases(List.of(Step.GET, Step.ANSWER),
                List.of(Step.GET, Step.GET, Step.ANSWER, Step.ANSWER),
                List.of(Step.POST, Step.UPLOAD, Step.UPLOAD, Step.HEAD),
                List.of(Step.CHUNKED_POST, Step.UPLOAD_CHUNK, Step.LAST_UPLOAD_CHUNK, Step.CONTINUE, Step.ANSWER),
                List.of(Step.GET, Step.CHUNKED_HEAD, Step.CHUNK), List.of(Step.GET, Step.STREAM, Step.EVENT),
                List.of(Step.GET, Step.STREAM, Step.HALF_EVENT),
                List.of(Step.GET, Step.STREAM, Step.EVENT, Step.END_MARK),
                List.of(Step.WEB_SOCKET, Step.SWITCHED, Step.FRAME), List.of(Step.GET, Step.HEAD, Step.BODY),
                List.of(Step.GET, Step.STREAM, Step.EVENT, Step.CUT), List.of(Step.GET, Step.CUT),
                List.of(Step.GET, Step.HEAD, Step.CUT),
                List.of(Step.GET, Step.STREAM, Step.HALF_EVENT, Step.CUT, Step.END_OF_EVENT),
                List.of(Step.GET, Step.STREAM, Step.HALF_EVENT, Step.CUT, Step.HARD_CUT),
                List.of(Step.WEB_SOCKET, Step.SWITCHED, Step.CUT));
        Arbitrary<List<Step>> request = phrases(List.of(Step.GET), List.of(Step.LAST_GET), List.of(Step.METRICS),
                List.of(Step.POST, Step.UPLOAD), List.of(Step.UPLOAD), List.of(Step.LAST_UPLOAD_CHUNK));
        Arbitrary<List<Step>> answer = phrases(List.of(Step.ANSWER), List.of(Step.CONTINUE), List.of(Step.LAST_ANSWER),
                List.of(Step.BODY), List.of(Step.CHUNK), List.of(Step.LAST_CHUNK), List.of(Step.END_OF_EVENT),
                List.of(Step.END_MARK), List.of(Step.FRAME));
        Arbitrary<List<Step>> end = phrases(List.of(Step.CUT), List.of(Step.CUT, Step.HARD_CUT, Step.LAST_CUT),
                List.of(Step.DOOR_CLOSED, Step.CUT), List.of(Step.DOOR_CLOSED), List.of(Step.DOOR_OPENED),
                List.of(Step.CLIENT_LEAVES), List.of(Step.SERVER_ENDS), List.of(Step.GATE_LEAVES));
        Arbitrary<List<Step>> anything = Arbitraries.of(Step.class).map(List::of);
        Arbitrary<List<List<Step>>> rest = Arbitraries.frequencyOf(Tuple.of(2, request), Tuple.of(4, answer),
                Tuple.of(2, end), Tuple.of(1, anything)).list().ofMaxSize(5);
        return Combinators.combine(Arbitraries.frequencyOf(Tuple.of(6, dialogue), Tuple.of(1, anything)), rest)
                .as((first, more) -> Stream.concat(Stream.of(first), more.stream()).toList());
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static Arbitrary<List<Step>> phrases(List<Step>... phrases) {
        return Arbitraries.of(phrases);
    }
}
