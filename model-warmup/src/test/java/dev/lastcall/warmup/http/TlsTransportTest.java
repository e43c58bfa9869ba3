// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.scripted.TestCertificate;
import io.netty.handler.ssl.OpenSsl;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Each engine, before a server that speaks each version of TLS. */
@Timeout(60)
class TlsTransportTest {

    private static final byte[] BYTES = TestBytes.random(3_000_001, 5);

    @TempDir
    static Path folder;

    private static TestCertificate valid;
    private static TestCertificate expired;

    @BeforeAll
    static void certify() throws Exception {
        valid = TestCertificate.create(folder, 1);
        expired = TestCertificate.create(folder, 10);
    }

    /** An engine and what the server speaks. */
    record Meeting(boolean isNative, String version) {
        TlsEngines engines(Path pem) throws Exception {
            X509ExtendedTrustManager trust = trust(pem);
            return isNative ? new NativeTls(trust) : new JavaTls(trust);
        }
    }

    static Stream<Meeting> meetings() {
        return Stream.of(true, false)
                .flatMap(isNative -> Stream.of("TLSv1.3", "TLSv1.2").map(version -> new Meeting(isNative, version)));
    }

    private static X509ExtendedTrustManager trust(Path pem) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(pem))));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    /** Sends some bytes to each client that connects, and closes, or leaves the connection open and silent. */
    private record Server(SSLServerSocket socket, FutureTask<Void> served,
            CountDownLatch end) implements AutoCloseable {

        static Server start(TestCertificate certificate, String version, byte[] content, boolean staysOpen)
                throws IOException {
            SSLServerSocket socket = (SSLServerSocket) certificate.server()
                    .getServerSocketFactory()
                    .createServerSocket(0);
            socket.setEnabledProtocols(new String[]{version});
            CountDownLatch end = new CountDownLatch(1);
            FutureTask<Void> served = new FutureTask<>(() -> {
                try (var client = socket.accept()) {
                    client.getOutputStream().write(content);
                    if (staysOpen) {
                        end.await();
                    }
                }
                return null;
            });
            Thread.ofVirtual().start(served);
            return new Server(socket, served, end);
        }

        Origin origin(String host) {
            return new Origin(true, host, socket.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            end.countDown();
            socket.close();
        }
    }

    private static Dialer dialer(TlsEngines engines) {
        return new Dialer(engines, Proxies.NONE, new FollowedHosts());
    }

    @Test
    void theNativeEngineIsUsedWhereItsLibraryIs() throws Exception {
        assertThat(OpenSsl.isAvailable()).as("the library of this machine is on the tests' class path").isTrue();
        try (TlsEngines best = TlsEngines.trusting(trust(valid.pem()))) {
            assertThat(best.isNative()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("meetings")
    void everyByteArrivesWhateverTheBuffer(Meeting meeting) throws Exception {
        List<ByteBuffer> buffers = List.of(ByteBuffer.allocate(1), ByteBuffer.allocate(1000),
                ByteBuffer.allocateDirect(100_000), ByteBuffer.allocate(40_000), ByteBuffer.allocateDirect(1 << 20));
        try (Server server = Server.start(valid, meeting.version(), BYTES, false);
                TlsEngines engines = meeting.engines(valid.pem());
                Transport transport = dialer(engines).dial(server.origin("localhost"), opening -> {})) {
            ByteBuffer all = ByteBuffer.allocate(BYTES.length + 1);
            for (int turn = 0, count = 0; count >= 0; turn++) {
                ByteBuffer buffer = buffers.get(turn % buffers.size()).clear();
                count = transport.read(buffer);
                assertThat(count).isNotZero();
                assertThat(buffer.position()).isEqualTo(Math.max(0, count));
                all.put(buffer.flip());
            }
            assertThat(all.flip()).isEqualTo(ByteBuffer.wrap(BYTES));
            assertThat(transport.read(ByteBuffer.allocate(10))).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @MethodSource("meetings")
    void theLastBytesArriveThoughTheEndHasComeWithThem(Meeting meeting) throws Exception {
        byte[] few = TestBytes.random(20_000, 7);
        try (Server server = Server.start(valid, meeting.version(), few, false);
                TlsEngines engines = meeting.engines(valid.pem());
                Transport transport = dialer(engines).dial(server.origin("localhost"), opening -> {})) {
            server.served().get();
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
            int total = 0;
            for (int count = 0; count >= 0; count = transport.read(buffer)) {
                total += count;
            }
            assertThat(total).isEqualTo(few.length);
            assertThat(buffer.flip()).isEqualTo(ByteBuffer.wrap(few));
        }
    }

    @ParameterizedTest
    @MethodSource("meetings")
    void aCertificateForAnotherNameIsRefused(Meeting meeting) throws Exception {
        refused(meeting, valid, valid.pem(), "127.0.0.1");
    }

    @ParameterizedTest
    @MethodSource("meetings")
    void aCertificateOfAnotherAuthorityIsRefused(Meeting meeting) throws Exception {
        refused(meeting, valid, expired.pem(), "localhost");
    }

    @ParameterizedTest
    @MethodSource("meetings")
    void aCertificateThatHasExpiredIsRefused(Meeting meeting) throws Exception {
        refused(meeting, expired, expired.pem(), "localhost");
    }

    private static void refused(Meeting meeting, TestCertificate shown, Path trusted, String host) throws Exception {
        try (Server server = Server.start(shown, meeting.version(), BYTES, false);
                TlsEngines engines = meeting.engines(trusted)) {
            IOException failure = catchThrowableOfType(IOException.class,
                    () -> dialer(engines).dial(server.origin(host), opening -> {}).close());

            assertThat(Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause))
                    .anyMatch(cause -> cause instanceof CertificateException
                            || cause instanceof java.security.cert.CertPathValidatorException);
        }
    }

    @ParameterizedTest
    @MethodSource("meetings")
    void anAbortWakesTheReader(Meeting meeting) throws Exception {
        try (Server server = Server.start(valid, meeting.version(), new byte[]{1}, true);
                TlsEngines engines = meeting.engines(valid.pem());
                Transport transport = dialer(engines).dial(server.origin("localhost"), opening -> {})) {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            assertThat(transport.read(buffer)).isEqualTo(1);
            FutureTask<IOException> reading = new FutureTask<>(
                    () -> catchThrowableOfType(IOException.class, () -> transport.read(buffer)));
            Thread reader = Thread.ofPlatform().start(reading);
            while (reader.getState() != Thread.State.RUNNABLE && reader.isAlive()) {
                Thread.onSpinWait();
            }

            transport.abort();

            assertThat(reading.get()).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("meetings")
    void whatIsWrittenLaterStillArrives(Meeting meeting) throws Exception {
        byte[] request = TestBytes.random(50_000, 6);
        try (SSLServerSocket socket = (SSLServerSocket) valid.server().getServerSocketFactory().createServerSocket(0);
                TlsEngines engines = meeting.engines(valid.pem())) {
            socket.setEnabledProtocols(new String[]{meeting.version()});
            FutureTask<byte[]> received = new FutureTask<>(() -> {
                try (var client = socket.accept()) {
                    return client.getInputStream().readNBytes(request.length);
                }
            });
            Thread.ofVirtual().start(received);
            try (Transport transport = dialer(engines)
                    .dial(new Origin(true, "localhost", socket.getLocalPort()), opening -> {})) {
                transport.write(ByteBuffer.wrap(request));
                assertThat(received.get()).isEqualTo(request);
            }
        }
    }
}
