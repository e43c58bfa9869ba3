// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.http.Silences;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.web.WebStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class NoAnswerTest {

    @ParameterizedTest
    @CsvSource({"Connection refused: /10.0.0.1:443,nothing listens there",
        "Failed to resolve 'weights.test' [A(1)],resolver",
        "the name weights.test does not resolve,resolver",
        "connection timed out after 5000 ms: weights.test/10.0.0.1:443,security groups",
        "Network is unreachable,routes",
        "No route to host,routes",
        "PKIX path building failed,SSL_CERT_FILE",
        "Connection reset by peer,closed before the answer was whole"})
    void whatWasNoticedIsSaidInWordsOfOurs(String said, String word) {
        assertThat(line(new IOException(said))).contains(word).doesNotContain(said);
    }

    @Test
    void whatIsNotKnownIsShownAsTheReason() {
        assertThat(line(new IOException("the moon is full"))).contains("(the moon is full)");
    }

    private static String line(Exception noticed) {
        return Words.of(Silences.of("GET http://s/", noticed, StoreProblem.UNREACHABLE)).line();
    }

    @Test
    void aStoreThatIsNotThereAndANameThatIsNoneAreExplained() throws Exception {
        int free;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = closed.getLocalPort();
        }
        try (Network network = Network.create()) {
            assertThatThrownBy(() -> list(URI.create("http://127.0.0.1:" + free + "/m/"), network))
                    .hasMessageContaining("GET http://127.0.0.1:" + free + "/m/SHA256SUMS")
                    .hasMessageContaining("nothing listens there");
            assertThatThrownBy(() -> list(URI.create("http://weights.invalid/m/"), network))
                    .hasMessageContaining("weights.invalid")
                    .hasMessageContaining("resolver");
        }
    }

    private static void list(URI address, Network network) throws Exception {
        new WebStore(address, List.of(), Map.of(), network).list(Selection.ALL);
    }

    @Test
    void namesOfClassesAreNoWords() {
        for (Exception failure : List.of(new ClosedChannelException(), new UnresolvedAddressException(),
                new IOException(new java.util.concurrent.TimeoutException()),
                new IOException("javax.net.ssl.SSLException: Received fatal alert"))) {
            assertThat(line(failure)).isNotBlank()
                    .doesNotContainPattern("[a-z]\\.[A-Z]\\w+(?:Exception|Error)");
        }
    }
}
