// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.Fetch;
import dev.lastcall.warmup.fetch.FetchException;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.fetch.FetchTask;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.scripted.TestCertificate;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.web.WebStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.lastcall.warmup.Fixture.PART;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(60)
class TlsTest {

    private static final int SIZE = 40 * PART + 7;

    /** A handshake on a busy machine takes its time. */
    private static final FetchSettings SETTINGS = Fixture.SETTINGS.withPatience(Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30));

    @TempDir
    static Path certificates;

    private static TestCertificate valid;
    private static TestCertificate expired;

    @TempDir
    Path folder;

    @BeforeAll
    static void certify() throws Exception {
        valid = TestCertificate.create(certificates, 1);
        expired = TestCertificate.create(certificates, 10);
    }

    private final byte[] bytes = TestBytes.random(SIZE, 8);

    private WarmupReport warm(ScriptedStore server, Network network) throws Exception {
        WebStore store = new WebStore(server.address("/m/a.bin"), List.of(), Map.of(), network);
        return new Warmup(store, new Destination.Folder(folder.resolve("out")),
                Fixture.request("m").withSettings(SETTINGS), new Bandwidth(0))
                .run();
    }

    @Test
    void bytesArriveOverTlsFromAServerWhoseAuthorityIsTrusted() throws Exception {
        TestCertificate certificate = valid;
        AtomicInteger turn = new AtomicInteger();
        try (ScriptedStore server = ScriptedStore.tls(certificate.server()).put("/m/a.bin", bytes, "v1");
                Network network = Network.trusting(certificate.pem())) {
            server.script(request -> request.isProbe() || turn.getAndIncrement() % 3 > 0
                    ? new Fault.None()
                    : new Fault.Reset(PART / 2));

            warm(server, network);
        }
        assertThat(folder.resolve("out/a.bin")).hasBinaryContent(bytes);
    }

    @Test
    void anAuthorityThatIsNotTrustedIsRefused() throws Exception {
        TestCertificate certificate = valid;
        try (ScriptedStore server = ScriptedStore.tls(certificate.server()).put("/m/a.bin", bytes, "v1");
                Network network = Network.create()) {
            assertThat(failureOfData(server.address("/m/a.bin"), network)).hasMessageContaining("/m/a.bin")
                    .hasMessageContaining("let SSL_CERT_FILE name");
        }
    }

    @Test
    void aFileWithoutAuthoritiesIsRefusedBeforeAnythingIsAsked() throws IOException {
        Path empty = Files.writeString(folder.resolve("ca.pem"), "nothing\n");

        assertThatThrownBy(() -> Network.trusting(empty)).hasMessageContaining("ca.pem: it holds no certificate");
    }

    @Test
    void aFolderInPlaceOfAFileOfAuthoritiesIsNamed() {
        assertThatThrownBy(() -> Network.trusting(folder)).isInstanceOf(IOException.class)
                .hasMessageContaining(folder + ": it is a folder and not a file; let SSL_CERT_FILE name a PEM file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "AAAA", "SGVsbG8="})
    void aFileOfAuthoritiesThatIsDamagedIsNamed(String inside) throws Exception {
        Path damaged = Files.writeString(folder.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n" + inside + "\n-----END CERTIFICATE-----\n");

        assertThatThrownBy(() -> Network.trusting(damaged)).isInstanceOf(IOException.class)
                .hasMessageContaining("ca.pem: it is no PEM file of certificates");
    }

    @Test
    void aFileOfAuthoritiesThatWasCutOffIsNamed() throws Exception {
        String whole = Files.readString(valid.pem());
        Path cut = Files.writeString(folder.resolve("ca.pem"), whole + whole.substring(0, whole.length() / 2));

        assertThatThrownBy(() -> Network.trusting(cut)).isInstanceOf(IOException.class)
                .hasMessageContaining("ca.pem: it is no PEM file of certificates");
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        TestCertificate certificate = valid;
        try (ScriptedStore server = ScriptedStore.tls(certificate.server()).put("/m/a.bin", bytes, "v1");
                Network network = Network.trusting(certificate.pem())) {
            URI byAddress = URI.create(server.address("/m/a.bin").toString().replace("localhost", "127.0.0.1"));

            assertThat(failureOfData(byAddress, network)).hasMessageContaining("127.0.0.1")
                    .hasMessageContaining("is for another host");
        }
    }

    @Test
    void aCertificateThatHasExpiredIsRefused() throws Exception {
        TestCertificate certificate = expired;
        try (ScriptedStore server = ScriptedStore.tls(certificate.server()).put("/m/a.bin", bytes, "v1");
                Network network = Network.trusting(certificate.pem())) {
            WarmupException failure = catchThrowableOfType(WarmupException.class, () -> warm(server, network));

            assertThat(failure).hasMessageContaining("/m/").hasMessageContaining("has ended");
            assertThat(failure.getCause()).isInstanceOfSatisfying(dev.lastcall.warmup.store.StoreException.class,
                    cause -> assertThat(cause.problem()).as("not asked again: only an operator can change it")
                            .isEqualTo(dev.lastcall.warmup.failure.StoreProblem.REFUSED));
            assertThat(failureOfData(server.address("/m/a.bin"), network)).hasMessageContaining("renew it");
        }
    }

    /** Past the control client, whose trust is its own: the data path must refuse by itself, and at once. */
    private FetchException failureOfData(URI address, Network network) {
        RemoteFile file = new RemoteFile("a.bin", SIZE, new Validator.Tag("\"v1\""), List.of(), true,
                address.toString());
        WebStore store = new WebStore(address, List.of(), Map.of(), network);
        Fetch fetch = new Fetch(store, List.of(new FetchTask(file, folder.resolve("a.part"))), (done, partial) -> {},
                SETTINGS, new Bandwidth(0));

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);

        assertThat(failure.getCause()).isInstanceOfSatisfying(dev.lastcall.warmup.store.StoreException.class,
                cause -> assertThat(cause.problem()).isEqualTo(dev.lastcall.warmup.failure.StoreProblem.REFUSED));
        return failure;
    }
}
