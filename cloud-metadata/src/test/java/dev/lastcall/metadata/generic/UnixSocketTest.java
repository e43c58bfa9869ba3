// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.WebClientTransport;
import dev.lastcall.metadata.testing.RecordingSink;
import dev.lastcall.metadata.testing.ScriptedServer;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class UnixSocketTest {

    @Test
    void eliceNoticeIsReadOverTheGuestAgentsSocket(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("agent.sock");
        Vertx vertx = Vertx.vertx();
        Instant end = Instant.now().plusSeconds(90);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                WebClientTransport transport = new WebClientTransport(vertx, NodeClock.system())) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().start(() -> serve(listener, "\"" + end + "\""));
            UrlSettings settings = UrlSettings.elice().withEndpoint(Endpoint.unix(socket.toString()));
            RecordingSink sink = new RecordingSink();
            try (NoticeSource source = UrlNotice.source(settings, transport, NodeClock.system(), new Random(1))) {
                source.start(sink);
                await().until(() -> !sink.seen().isEmpty());
            }

            assertThat(sink.last()).isInstanceOf(Observation.Present.class);
            assertThat(sink.notice().description()).contains("unix:" + socket, end.toString());
        } finally {
            vertx.close().await();
        }
    }

    private static void serve(ServerSocketChannel listener, String body) {
        try (SocketChannel client = listener.accept()) {
            ByteBuffer request = ByteBuffer.allocate(4096);
            while (client.read(request) >= 0) {
                if (new String(request.array(), 0, request.position(), StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
                    request.clear();
                    client.write(ByteBuffer.wrap(ScriptedServer.answer(200, body).getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (java.io.IOException over) {
            // The test is over.
        }
    }
}
