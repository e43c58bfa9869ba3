// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A server on a Unix socket: what it sends reaches the clients, and each of its failures is what it is over TCP. */
// Raw HTTP is written with its line ends in sight; a text block would hide them.
@SuppressWarnings("StringConcatToTextBlock")
class GateUnixSocketTest {

    private static final int QUEUE = 1;

    @TempDir
    Path directory;

    private SocketAddress socket;
    private ServerSocketChannel listener;
    private GateRig rig;

    @BeforeEach
    void listen() throws IOException {
        socket = UnixDomainSocketAddress.of(directory.resolve("server.sock"));
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(socket, QUEUE);
        rig = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("tcp")),
                tcp -> GateSettings.of(tcp.listen(), socket).with(tcp.door()));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        rig.close();
    }

    @Test
    void requestsOfOneConnectionAreAnsweredByTheServer() throws Exception {
        try (Peer client = rig.client()) {
            client.send("POST /v1 HTTP/1.0\r\nContent-Length: 4\r\n\r\nbody");
            try (SocketChannel server = listener.accept()) {
                assertThat(head(server)).startsWith("POST /v1 HTTP/1.1\r\n").contains("Host: localhost\r\n");
                write(server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nyo\r\n0\r\n\r\n");

                assertThat(client.answer().body()).isEqualTo("yo");
            }
        }
        assertThat(rig.isBalanced()).isTrue();
        assertThat(rig.gate.counts().completed()).isEqualTo(1);
    }

    @Test
    void keptConnectionServesAgainAndOneThatTheServerEndedDoesNot() throws Exception {
        try (Peer client = rig.client()) {
            client.send(GateRig.get("/1"));
            try (SocketChannel server = listener.accept()) {
                head(server);
                write(server, FakeUpstream.ok("one"));
                assertThat(client.answer().body()).isEqualTo("one");
                client.send(GateRig.get("/2"));
                assertThat(head(server)).startsWith("GET /2 ");
                write(server, FakeUpstream.ok("two"));
                assertThat(client.answer().body()).isEqualTo("two");
            }
            client.send(GateRig.post("/3", "once"));
            try (SocketChannel server = listener.accept()) {
                assertThat(head(server)).startsWith("POST /3 ");
                write(server, FakeUpstream.ok("three"));
                assertThat(client.answer().body()).isEqualTo("three");
            }
        }
    }

    @Test
    void serverThatDiesInTheMiddleIsLostAndTheClientSeesAReset() throws Exception {
        try (Peer client = rig.client()) {
            client.send(GateRig.post("/", "body"));
            try (SocketChannel server = listener.accept()) {
                head(server);
                write(server, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            }
            assertThat(client.answer().ending()).isEqualTo(Peer.Ending.RESET);
        }
        assertThat(rig.isBalanced()).isTrue();
        assertThat(rig.gate.counts().lost()).isEqualTo(1);
    }

    @Test
    void socketThatIsNotThereIsA503() throws Exception {
        listener.close();

        assertThat(rig.ask(GateRig.get("/")).body()).contains("upstream_unreachable");
    }

    @Test
    void serverWhoseQueueIsFullIsWaitedForAsOverTcp() throws Exception {
        List<SocketChannel> queue = fill();
        try (Peer client = rig.client()) {
            client.send(GateRig.post("/", "patient"));
            rig.awaitInFlight(1);
            rig.settle();
            for (SocketChannel waiting : queue) {
                listener.accept().close();
                waiting.close();
            }
            try (SocketChannel server = listener.accept()) {
                assertThat(head(server)).startsWith("POST / ");
                write(server, FakeUpstream.ok("at last"));
                assertThat(client.answer().body()).isEqualTo("at last");
            }
        }
    }

    @Test
    void serverWhoseQueueStaysFullIsA503() throws Exception {
        List<SocketChannel> queue = fill();
        try (GateRig hasty = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("tcp")),
                tcp -> GateSettings.of(tcp.listen(), socket)
                        .with(GateSettings.Times.DEFAULT.withConnect(Duration.ofMillis(20))))) {
            assertThat(hasty.ask(GateRig.get("/")).body()).contains("upstream_unreachable");
        }
        for (SocketChannel waiting : queue) {
            waiting.close();
        }
    }

    @Test
    void callsOfHttp2PassToo() throws Exception {
        try (Http2FakeServer server = Http2FakeServer.echoing();
                Http2Rig http2 = new Http2Rig(server, tcp -> GateSettings.of(tcp.listen(), socket).with(tcp.protocol()),
                        GateBudget.ofProcess());
                Http2Peer client = http2.client()) {
            client.call(1, "/inference/Echo");
            client.data(1, true, "one");
            try (SocketChannel near = listener.accept(); SocketChannel far = SocketChannel.open(server.address())) {
                Thread.ofVirtual().start(() -> pass(near, far));
                Thread.ofVirtual().start(() -> pass(far, near));

                Http2Peer.Answer answer = client.answer(1);
                assertThat(answer.body()).isEqualTo("one");
                assertThat(answer.trailers()).containsEntry("grpc-status", "0");
                assertThat(http2.isBalanced()).isTrue();
            }
        }
    }

    private static void pass(SocketChannel from, SocketChannel to) {
        ByteBuffer part = ByteBuffer.allocate(4096);
        try {
            while (from.read(part) >= 0) {
                part.flip();
                while (part.hasRemaining()) {
                    to.write(part);
                }
                part.clear();
            }
        } catch (IOException over) {
            // The test is over, and has closed both.
        }
    }

    private List<SocketChannel> fill() throws IOException {
        List<SocketChannel> queue = new ArrayList<>();
        // The kernel's queue has one place more than it was asked for.
        for (int i = 0; i <= QUEUE; i++) {
            queue.add(SocketChannel.open(socket));
        }
        return queue;
    }

    private static String head(SocketChannel server) throws IOException {
        StringBuilder head = new StringBuilder();
        ByteBuffer part = ByteBuffer.allocate(4096);
        while (head.indexOf("\r\n\r\n") < 0 && server.read(part) >= 0) {
            head.append(StandardCharsets.ISO_8859_1.decode(part.flip()));
            part.clear();
        }
        return head.toString();
    }

    private static void write(SocketChannel server, String text) throws IOException {
        ByteBuffer out = StandardCharsets.ISO_8859_1.encode(text);
        while (out.hasRemaining()) {
            server.write(out);
        }
    }
}
