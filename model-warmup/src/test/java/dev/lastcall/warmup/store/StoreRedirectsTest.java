// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.hf.HubSettings;
import dev.lastcall.warmup.store.hf.HubStore;
import dev.lastcall.warmup.store.s3.S3Settings;
import dev.lastcall.warmup.store.s3.S3Store;
import dev.lastcall.warmup.store.web.WebStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Each kind of store that is redirected to the metadata service, whose credentials would come back as a model. */
@Timeout(60)
class StoreRedirectsTest {

    private static final String METADATA = "http://169.254.169.254/latest/meta-data/iam/security-credentials/role";

    private final Network network = Network.create();
    private HttpServer server;
    private URI address;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Location", METADATA);
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        server.start();
        address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/m/");
    }

    @AfterEach
    void stop() {
        server.stop(0);
        network.close();
    }

    @Test
    void aWebServer() {
        assertRefused(new WebStore(address, List.of("model.bin"), Map.of("Authorization", "Bearer secret"), network));
        assertRefused(new WebStore(address.resolve("model.bin"), List.of(), Map.of(), network));
    }

    @Test
    void theHub() {
        assertRefused(new HubStore("org/model", "main", new HubSettings(address, "token"), network));
    }

    @Test
    void aBucket() {
        S3Store bucket = new S3Store("weights", "m", S3Settings.AWS.withEndpoint(address), null, network);

        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> bucket.list(Selection.ALL))
                .satisfies(refused -> assertThat(refused.problem().isTransient()).isFalse());
    }

    private static void assertRefused(Store store) {
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> store.list(Selection.ALL))
                .withMessageContaining("this node's own network")
                .satisfies(refused -> assertThat(refused.problem()).isEqualTo(StoreProblem.REFUSED));
    }
}
