// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.auth.oauth2.GoogleCredentials;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedCredentials;
import dev.lastcall.warmup.scripted.ScriptedStore;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class GoogleChainTest {

    @AutoClose
    private static final Network NETWORK = Network.create();

    @TempDir
    Path home;

    @AutoClose
    private ChainFixture node;

    @BeforeEach
    void begin() {
        node = new ChainFixture(home, NETWORK);
    }

    private String serviceAccount(KeyPair pair) {
        String key = "-----BEGIN PRIVATE KEY-----\\n"
                + Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "\\n-----END PRIVATE KEY-----\\n";
        return "{\"type\":\"service_account\",\"client_email\":\"a@p.iam\",\"client_id\":\"1\",\"private_key_id\":\"k1\",\"private_key\":\""
                + key + "\",\"token_uri\":\"" + node.scripted.address("/oauth/token") + "\"}";
    }

    private static KeyPair pair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    @Test
    void metadataServerIsAskedAsItWantsAndAgainWhileItIsNotReady() throws Exception {
        node.server.script(request -> request.number() == 1 ? new Fault.Status(503, List.of(), "") : new Fault.None());

        assertThat(node.google().get().value()).isEqualTo("ya29.1");
    }

    @Test
    void whateverAnswersWithoutTheFlavorIsNoMetadataServer() {
        node.server.script(request -> new Fault.Status(200, List.of(), "{\"access_token\":\"x\",\"expires_in\":100}"));

        assertThat(node.googleFailure()).hasMessageContaining("is no metadata server")
                .hasMessageContaining("GOOGLE_APPLICATION_CREDENTIALS");
    }

    @Test
    void serviceAccountAsksWithAnAssertionItsKeySigned() throws Exception {
        KeyPair pair = pair();
        node.keyFile(serviceAccount(pair));

        assertThat(node.google().get().value()).isEqualTo("ya29.1");

        String[] jwt = ScriptedCredentials.form(node.server.requests().getFirst().body(), "assertion").split("\\.", -1);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(pair.getPublic());
        signature.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(jwt[2]))).isTrue();
        assertThat(new String(Base64.getUrlDecoder().decode(jwt[1]), StandardCharsets.UTF_8))
                .contains("\"iss\":\"a@p.iam\"")
                .contains("\"aud\":\"" + node.scripted.address("/oauth/token"));
    }

    @Test
    void googlesOwnLibraryTakesTheSameFileAtTheSameEndpoint() throws Exception {
        node.keyFile(serviceAccount(pair()));
        GoogleCredentials google = GoogleCredentials
                .fromStream(Files
                        .newInputStream(Path.of(node.variables.getOrDefault("GOOGLE_APPLICATION_CREDENTIALS", ""))))
                .createScoped(GoogleKeyFile.SCOPE);

        assertThat(google.refreshAccessToken().getTokenValue()).isEqualTo("ya29.1");
        node.google().get();

        List<ScriptedStore.Request> requests = node.server.requests();
        assertThat(ScriptedCredentials.form(requests.get(1).body(), "grant_type"))
                .isEqualTo(ScriptedCredentials.form(requests.get(0).body(), "grant_type"));
        assertThat(header(requests.get(1))).isEqualTo(header(requests.get(0)));
    }

    private static Map<String, String> header(ScriptedStore.Request request) {
        String encoded = ScriptedCredentials.form(request.body(), "assertion").replaceFirst("\\..*", "");
        Map<String, String> fields = new HashMap<>();
        TokenJson.parse(new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8))
                .properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().asString()));
        return fields;
    }

    @Test
    void userIsAskedForByARefreshTokenAndARevokedOneIsReported() throws Exception {
        String user = "{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"s\",\"refresh_token\":\"%s\",\"token_uri\":\""
                + node.scripted.address("/oauth/token") + "\"}";
        node.keyFile(user.replace("%s", "refresh"));
        assertThat(node.google().get().value()).isEqualTo("ya29.1");

        node.keyFile(user.replace("%s", "revoked"));
        assertThat(node.googleFailure()).hasMessageContaining("invalid_grant")
                .hasMessageContaining("not valid any more");
    }

    @Test
    void fileThatCannotBeUsedIsNamedWithoutItsSecrets() throws Exception {
        node.keyFile("{\"private_key\": oops");
        assertThat(node.googleFailure()).hasMessageContaining("key.json").hasMessageNotContaining("oops");

        node.keyFile("{\"type\":\"gdch_service_account\"}");
        assertThat(node.googleFailure()).hasMessageContaining("gdch_service_account")
                .hasMessageContaining("not supported");

        node.keyFile(serviceAccount(pair()).replace(node.scripted.address("/oauth/token").toString(),
                "http://evil.example/token"));
        assertThat(node.googleFailure()).hasMessageContaining("https");
    }
}
