// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.Fetch;
import dev.lastcall.warmup.fetch.FetchException;
import dev.lastcall.warmup.fetch.FetchTask;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.network.NetworkSettings;
import dev.lastcall.warmup.scripted.ScriptedProxy;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.scripted.TestCertificate;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.web.WebStore;
import org.junit.jupiter.api.AfterEach;
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

/** The store is called weights.test, which resolves nowhere: only the proxy knows it. */
@Timeout(60)
class ProxyTest {

    private static final int SIZE = 20 * PART + 7;
    private static final String LOGIN = "Basic dXNlcjpzZWNyZXQ=";

    @TempDir
    static Path certificates;

    private static TestCertificate certificate;

    @TempDir
    Path folder;

    private final byte[] bytes = TestBytes.random(SIZE, 8);
    private final ScriptedProxy proxy = new ScriptedProxy();

    @BeforeAll
    static void certify() throws Exception {
        certificate = TestCertificate.create(certificates, 1);
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
    }

    private Network network(String login, String... exempt) throws IOException {
        Map<String, String> variables = new HashMap<>();
        variables.put("HTTPS_PROXY", "http://" + login + proxy.address());
        variables.put("HTTP_PROXY", "http://" + login + proxy.address());
        variables.put("NO_PROXY", String.join(",", exempt));
        variables.put("SSL_CERT_FILE", certificate.pem().toString());
        return Network.of(NetworkSettings.from(variables));
    }

    private static URI named(ScriptedStore server, String path) {
        return URI.create(server.address(path).toString().replaceFirst("127\\.0\\.0\\.1|localhost", "weights.test"));
    }

    private void warm(URI address, Network network) throws Exception {
        WebStore store = new WebStore(address, List.of(), Map.of(), network);
        new Warmup(store, new Destination.Folder(folder.resolve("out")), Fixture.request("m"), new Bandwidth(0)).run();
    }

    /** Past the control client: what the data path makes of the proxy. */
    private FetchException failureOfData(URI address, Network network) {
        RemoteFile file = new RemoteFile("a.bin", SIZE, new Validator.Tag("\"v1\""), List.of(), true,
                address.toString());
        WebStore store = new WebStore(address, List.of(), Map.of(), network);
        Fetch fetch = new Fetch(store, List.of(new FetchTask(file, folder.resolve("a.part"))), (done, partial) -> {},
                Fixture.SETTINGS, new Bandwidth(0));
        return catchThrowableOfType(FetchException.class, fetch::run);
    }

    @Test
    void tlsGoesThroughATunnelWithTheProxysOwnPassword() throws Exception {
        proxy.demand(LOGIN);
        try (ScriptedStore server = ScriptedStore.tls(certificate.server()).put("/m/a.bin", bytes, "v1");
                Network network = network("user:secret@")) {
            warm(named(server, "/m/a.bin"), network);

            assertThat(folder.resolve("out/a.bin")).hasBinaryContent(bytes);
            assertThat(proxy.asked()).allMatch(line -> line.startsWith("CONNECT weights.test:"));
            assertThat(server.requests()).allMatch(request -> request.header("proxy-authorization").isEmpty());
        }
    }

    @Test
    void plainRequestsAreRelayedByTheirWholeAddress() throws Exception {
        proxy.demand(LOGIN);
        try (ScriptedStore server = new ScriptedStore().put("/m/a.bin", bytes, "v1");
                Network network = network("user:secret@")) {
            warm(named(server, "/m/a.bin"), network);

            assertThat(folder.resolve("out/a.bin")).hasBinaryContent(bytes);
            assertThat(proxy.asked()).allMatch(line -> line.startsWith("GET http://weights.test:"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void proxyThatWantsAPasswordIsAClearLastingFailure(boolean isTls) throws Exception {
        proxy.demand(LOGIN);
        try (ScriptedStore server = isTls ? ScriptedStore.tls(certificate.server()) : new ScriptedStore();
                Network network = network("")) {
            URI address = named(server, "/m/a.bin");

            WarmupException failure = catchThrowableOfType(WarmupException.class, () -> warm(address, network));
            FetchException ofData = failureOfData(address, network);

            assertThat(failure).isInstanceOf(WarmupException.StoreRefused.class)
                    .hasMessageContaining(proxy.address())
                    .hasMessageContaining("user:password");
            assertThat(ofData).hasMessageContaining("user:password");
            assertThat(ofData.getCause()).isInstanceOfSatisfying(StoreException.class,
                    cause -> assertThat(cause.problem()).isEqualTo(StoreProblem.REFUSED));
        }
    }

    @Test
    void proxyThatForbidsTheHostIsNamed() throws Exception {
        proxy.refuse(403);
        try (ScriptedStore server = ScriptedStore.tls(certificate.server()); Network network = network("")) {
            assertThat(failureOfData(named(server, "/m/a.bin"), network)).hasMessageContaining(proxy.address())
                    .hasMessageContaining("NO_PROXY");
            assertThatThrownBy(() -> network.control()
                    .send(ControlClient.Call.get(Origin.of(named(server, "/")), "/", Map.of(), 100)))
                    .hasMessageContaining(proxy.address());
        }
    }

    @Test
    void exemptHostsAndTheNodeItselfAreReachedStraight() throws Exception {
        proxy.refuse(403);
        try (ScriptedStore server = new ScriptedStore().put("/m/a.bin", bytes, "v1");
                Network network = network("", "weights.test")) {
            warm(server.address("/m/a.bin"), network);

            assertThat(folder.resolve("out/a.bin")).hasBinaryContent(bytes);
            assertThatThrownBy(() -> warm(named(server, "/m/a.bin"), network)).hasMessageContaining("weights.test");
            assertThat(proxy.asked()).isEmpty();
        }
    }

    @Test
    void bundleOfAwsIsTrustedBesidesWhatJavaTrusts() throws Exception {
        try (ScriptedStore server = ScriptedStore.tls(certificate.server()).put("/m/a.bin", bytes, "v1");
                Network network = Network
                        .of(NetworkSettings.from(Map.of("AWS_CA_BUNDLE", certificate.pem().toString())))) {
            warm(server.address("/m/a.bin"), network);
        }
        assertThat(folder.resolve("out/a.bin")).hasBinaryContent(bytes);
    }

    @Test
    void fileWithoutCertificatesIsNamed() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");

        assertThatThrownBy(() -> Network.of(NetworkSettings.DIRECT.trusting(empty))).hasMessageContaining("empty.pem");
        assertThatThrownBy(() -> Network.of(NetworkSettings.DIRECT.trusting(folder.resolve("none.pem"))))
                .hasMessageContaining("none.pem");
    }
}
