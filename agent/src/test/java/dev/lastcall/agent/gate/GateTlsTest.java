// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import dev.lastcall.agent.gate.tls.CertificateFiles;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is of TLS itself at the gate; that all else holds by TLS too says {@link GateOverTlsTest}. */
class GateTlsTest {

    private static final String ENDS_WITH_CONNECTION = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhalf";

    @TempDir
    Path folder;

    private static GateRig rig(FakeUpstream.Script script, CertificateFiles files) throws IOException {
        return new GateRig(new FakeUpstream(script), settings -> settings.with(files));
    }

    private static GateRig rig(FakeUpstream.Script script) throws IOException {
        return rig(script, TestTls.files());
    }

    private static void answer(Peer peer) throws IOException {
        while (!peer.read().isEnd()) {
            peer.send(FakeUpstream.ok("x"));
        }
    }

    private static Socket connected(GateRig rig) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), rig.gate.port()), 10_000);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static long refused(GateRig rig) {
        return rig.gate.counts().refused().getOrDefault(Refusal.TLS, 0L);
    }

    private static Peer peer(Socket socket) throws IOException {
        return new Peer(socket, request -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientsComeByEachVersion(String version) throws Exception {
        try (GateRig rig = rig(GateTlsTest::answer);
                SSLSocket socket = TestTls.client(connected(rig), "h2", "http/1.1");
                Peer client = peer(socket)) {
            socket.setEnabledProtocols(new String[]{version});
            client.send(GateRig.get("/"));

            assertThat(client.answer().body()).isEqualTo("x");
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
            assertThat(rig.upstream.lastRequest().fields("x-forwarded-proto")).containsExactly("https");
        }
    }

    @Test
    void olderVersionsAreRefusedAndCounted() throws Exception {
        try (GateRig rig = rig(GateTlsTest::answer); Socket plain = connected(rig)) {
            // A TLS record of version 1.0 with a handshake that is none.
            plain.getOutputStream().write(new byte[]{22, 3, 1, 0, 4, 1, 0, 0, 0});

            assertThat(peer(plain).endsInOrder() || plain.isConnected()).isTrue();
            Awaitility.await().until(() -> refused(rig) == 1);
            rig.awaitConnections(0);
        }
    }

    @Test
    void requestWithoutTlsIsRefusedAndTheGateGoesOn() throws Exception {
        try (GateRig rig = rig(GateTlsTest::answer);
                Socket plain = connected(rig);
                Peer good = peer(TestTls.client(connected(rig)))) {
            plain.getOutputStream().write(GateRig.get("/").getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> refused(rig) == 1);
            good.send(GateRig.get("/"));

            assertThat(good.answer().status()).isEqualTo(200);
            assertThat(rig.gate.counts().admitted()).isEqualTo(1);
            rig.awaitConnections(1);
        }
    }

    @Test
    void clientThatDoesNotBeginIsEndedInTime() throws Exception {
        GateSettings.Times times = new GateSettings.Times(Duration.ofSeconds(2), Duration.ofMillis(300),
                Duration.ofSeconds(2), Duration.ofSeconds(600), Duration.ofSeconds(4), Duration.ofSeconds(1));
        try (GateRig rig = new GateRig(FakeUpstream.answering(request -> FakeUpstream.ok("x")),
                settings -> settings.with(TestTls.files()).with(times)); Socket silent = connected(rig)) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(refused(rig)).isEqualTo(1);
        }
    }

    @Test
    void answerThatEndsWithTheConnectionEndsInTlsToo() throws Exception {
        try (GateRig rig = rig(peer -> {
            peer.read();
            peer.send(ENDS_WITH_CONNECTION);
            peer.closeOutput();
        }); Peer client = peer(TestTls.client(connected(rig)))) {
            client.send(GateRig.get("/"));

            assertThat(client.answer()).satisfies(answer -> {
                assertThat(answer.body()).isEqualTo("half");
                assertThat(answer.ending()).isEqualTo(Peer.Ending.COMPLETE);
            });
        }
    }

    @Test
    void answerOfAServerThatCrashedDoesNotLookWhole() throws Exception {
        try (GateRig rig = rig(peer -> {
            peer.read();
            peer.send(ENDS_WITH_CONNECTION);
            peer.reset();
        }); Peer client = peer(TestTls.client(connected(rig)))) {
            client.send(GateRig.get("/"));

            assertThat(client.answer().ending()).isEqualTo(Peer.Ending.RESET);
            assertThat(rig.gate.counts().lost() + rig.gate.counts().upstreamFailures()).isEqualTo(1);
        }
    }

    @Test
    void withoutACertificateClientsAreTurnedAwayUntilThereIsOne() throws Exception {
        CertificateFiles files = new CertificateFiles(folder.resolve("late.pem"), folder.resolve("late.key"));
        try (GateRig rig = rig(GateTlsTest::answer, files)) {
            try (Socket early = connected(rig)) {
                assertThat(early.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(refused(rig)).isEqualTo(1);
            assertThat(rig.gate.tls().orElseThrow().problem()).hasValue(files.certificate() + " is not there");

            put(TestTls.files(), files);
            rig.gate.tls().orElseThrow().refresh();

            assertThat(rig.gate.tls().orElseThrow().problem()).isEmpty();
            try (Peer client = peer(TestTls.client(connected(rig)))) {
                client.send(GateRig.get("/"));
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void changedFilesAreTakenUpAndBrokenOnesAreNot() throws Exception {
        CertificateFiles files = new CertificateFiles(folder.resolve("now.pem"), folder.resolve("now.key"));
        put(TestTls.files(), files);
        try (GateRig rig = rig(GateTlsTest::answer, files);
                SSLSocket before = TestTls.client(connected(rig));
                Peer kept = peer(before)) {
            kept.send(GateRig.get("/"));
            assertThat(kept.answer().status()).isEqualTo(200);
            CertificateFiles next = TestTls.make(folder, "next");
            Files.copy(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
            rig.gate.tls().orElseThrow().refresh();

            assertThat(rig.gate.tls().orElseThrow().problem())
                    .hasValue(files.key() + " is not the key of " + files.certificate());
            assertThat(subject(rig, TestTls.files())).isEqualTo("CN=gate");

            Files.copy(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
            rig.gate.tls().orElseThrow().refresh();

            assertThat(subject(rig, next)).isEqualTo("CN=next");
            assertThatExceptionOfType(SSLHandshakeException.class).isThrownBy(() -> subject(rig, TestTls.files()));
            kept.send(GateRig.get("/"));
            assertThat(kept.answer().status()).isEqualTo(200);
        }
    }

    private static String subject(GateRig rig, CertificateFiles trusted) throws IOException {
        try (SSLSocket socket = TestTls.client(TestTls.trusting(trusted.certificate()), connected(rig))) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        }
    }

    private static void put(CertificateFiles from, CertificateFiles to) throws IOException {
        Files.copy(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(from.key(), to.key(), StandardCopyOption.REPLACE_EXISTING);
    }
}
