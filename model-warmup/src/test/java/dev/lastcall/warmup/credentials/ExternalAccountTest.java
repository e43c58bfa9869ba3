// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.oauth2.GoogleCredentials;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.ScriptedCredentials;
import dev.lastcall.warmup.scripted.ScriptedStore;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Workload identity federation with a pool, a service account and a subject's token on one scripted server. */
@Timeout(60)
class ExternalAccountTest {

    @AutoClose
    private static final Network NETWORK = Network.create();

    @TempDir
    Path home;

    @AutoClose
    private ChainFixture node;
    private String bySubject;

    @BeforeEach
    void begin() throws IOException {
        node = new ChainFixture(home, NETWORK);
        bySubject = "{\"file\":\"" + node.file("subject", "subject-1\n") + "\"}";
    }

    private String configuration(String source, String more) {
        return "{\"type\":\"external_account\",\"audience\":\"//iam.googleapis.com/projects/1/pool\","
                + "\"subject_token_type\":\"urn:ietf:params:oauth:token-type:jwt\",\"token_url\":\""
                + node.scripted.address("/federation/token") + "\",\"credential_source\":" + source + more + "}";
    }

    private String impersonation() {
        return ",\"service_account_impersonation_url\":\"" + node.scripted.address("/federation/sa:generateAccessToken")
                + "\"";
    }

    @Test
    void tokenOfAFileIsExchangedAndReadEachTime() throws Exception {
        node.keyFile(configuration(bySubject, ""));
        Refreshed<AccessToken> chain = node.google();
        AccessToken first = chain.get();
        Files.writeString(home.resolve("subject"), "subject-2");

        assertThat(first.value()).isEqualTo("ya29.1");
        ScriptedStore.Request exchange = node.server.requests().getFirst();
        assertThat(ScriptedCredentials.form(exchange.body(), "scope")).isEqualTo(GoogleKeyFile.SCOPE);
        assertThat(ScriptedCredentials.form(exchange.body(), "audience"))
                .isEqualTo("//iam.googleapis.com/projects/1/pool");
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(CredentialException.class,
                () -> chain.insteadOf(first))).hasMessageContaining("The pool does not know it")
                .hasMessageNotContaining("subject-2");
    }

    @Test
    void tokenOfAnAddressIsExchangedAndTheServiceAccountActedAs() throws Exception {
        node.keyFile(configuration("{\"url\":\"" + node.scripted.address("/federation/subject?a=b")
                + "\",\"headers\":{\"X-Audience\":\"google\"},"
                + "\"format\":{\"type\":\"json\",\"subject_token_field_name\":\"id_token\"}}", impersonation()));

        assertThat(node.google().get().value()).isEqualTo("sa.2");
    }

    @Test
    void googlesOwnLibraryAsksTheSame() throws Exception {
        String text = configuration(bySubject, "");
        node.keyFile(text);
        // Google's library takes the file as it is, and ours the token in it.
        Files.writeString(home.resolve("subject"), "subject-1");
        // Google's library goes to https only, so its connections are led to the scripted server.
        String secure = text.replace(node.scripted.address("").toString(), "https://sts.googleapis.com");
        NetHttpTransport led = new NetHttpTransport.Builder().setConnectionFactory(
                url -> (HttpURLConnection) node.scripted.address(url.getPath()).toURL().openConnection()).build();
        GoogleCredentials google = GoogleCredentials.fromStream(
                new ByteArrayInputStream(secure.getBytes(StandardCharsets.UTF_8)), () -> led)
                .createScoped(GoogleKeyFile.SCOPE);
        assertThat(google.refreshAccessToken().getTokenValue()).isEqualTo("ya29.1");
        node.google().get();

        for (String field : new String[]{"grant_type", "audience", "scope", "requested_token_type",
            "subject_token_type",
            "subject_token"}) {
            assertThat(ScriptedCredentials.form(node.server.requests().get(1).body(), field)).as(field)
                    .isEqualTo(ScriptedCredentials.form(node.server.requests().get(0).body(), field));
        }
    }

    @Test
    void otherKindsAndUnsafeAddressesAreRefusedClearly() throws Exception {
        node.keyFile(configuration("{\"environment_id\":\"aws1\",\"url\":\"http://169.254.169.254/x\"}", ""));
        assertThat(node.googleFailure()).hasMessageContaining("credential_source").hasMessageContaining("file and url");

        node.keyFile(configuration("{\"url\":\"http://evil.example/\"}", ""));
        assertThat(node.googleFailure()).hasMessageContaining("credential_source.url").hasMessageContaining("https");

        node.keyFile(configuration(bySubject, ",\"service_account_impersonation_url\":\"http://evil.example/\""));
        assertThat(node.googleFailure()).hasMessageContaining("impersonation").hasMessageContaining("https");

        node.keyFile(
                configuration("{\"file\":\"" + home.resolve("subject") + "\",\"format\":{\"type\":\"json\"}}", ""));
        assertThat(node.googleFailure()).hasMessageContaining("JSON").hasMessageNotContaining("subject-1");
    }
}
