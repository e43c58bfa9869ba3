// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedCredentials;
import dev.lastcall.warmup.scripted.ScriptedStore;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(60)
class AwsChainTest {

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

    @Test
    void variablesComeFirst() throws Exception {
        node.variables
                .putAll(Map.of("AWS_ACCESS_KEY_ID", "AKID", "AWS_SECRET_ACCESS_KEY", " secret\n", "AWS_SESSION_TOKEN",
                        "token"));
        AwsCredentials found = node.aws().get();

        assertThat(List.of(found.accessKeyId(), found.secretAccessKey(), found.sessionToken().orElse("")))
                .containsExactly("AKID", "secret", "token");
        assertThat(found.toString()).contains("AKID").doesNotContain("secret").doesNotContain("token");
        assertThat(node.server.requests()).isEmpty();
    }

    @Test
    void halfAKeyIsAMistakeAndNotAbsence() {
        node.variables.put("AWS_ACCESS_KEY_ID", "AKID");

        assertThat(node.awsFailure()).hasMessageContaining("AWS_SECRET_ACCESS_KEY").hasMessageContaining("set both");
    }

    @Test
    void profileIsReadFromBothFiles() throws Exception {
        node.file(".aws/config", """
                # comment
                [default]
                region = eu-north-1
                [profile gpu]
                region=ap-south-1 ; comment
                s3 =
                  addressing_style = path
                """);
        node.file(".aws/credentials", """
                [default]
                aws_access_key_id = A
                aws_secret_access_key = a
                [gpu]
                aws_access_key_id = B
                aws_secret_access_key = b==
                aws_session_token = t
                """);
        assertThat(node.aws().get().accessKeyId()).isEqualTo("A");
        node.variables.put("AWS_PROFILE", "gpu");

        assertThat(node.aws().get().secretAccessKey()).isEqualTo("b==");
        assertThat(node.environment().region()).contains("ap-south-1");
    }

    @Test
    void profileThatIsNamedAndMissingOrOfAnotherKindIsAMistake() throws Exception {
        node.variables.put("AWS_PROFILE", "nope");
        assertThat(node.awsFailure()).hasMessageContaining("profile nope is neither in");

        node.file(".aws/config", "[profile nope]\nsso_session = s\nsso_account_id = 1\n");
        assertThat(node.awsFailure()).hasMessageContaining("sso_session").hasMessageContaining("not supported");
    }

    @Test
    void webIdentityReadsItsTokenEachTime() throws Exception {
        Path token = node.file("token", "jwt-1\n");
        node.variables
                .putAll(Map.of("AWS_ROLE_ARN", "arn:aws:iam::1:role/r", "AWS_WEB_IDENTITY_TOKEN_FILE", token.toString(),
                        "AWS_ROLE_SESSION_NAME", "node-1"));
        Refreshed<AwsCredentials> chain = node.aws();
        AwsCredentials first = chain.get();
        node.scripted.webToken("jwt-2");
        Files.writeString(token, "jwt-2");
        AwsCredentials second = chain.insteadOf(first);

        assertThat(List.of(first.accessKeyId(), second.accessKeyId(), second.sessionToken().orElse("")))
                .containsExactly("ASIA1", "ASIA2", "session2");
        assertThat(ScriptedCredentials.form(node.server.requests().getFirst().body(), "RoleSessionName"))
                .isEqualTo("node-1");

        node.scripted.webToken("jwt-3");
        assertThat(catchThrowableOfType(CredentialException.class, () -> chain.insteadOf(second))).hasMessageContaining(
                token.toString()).hasMessageContaining("ExpiredTokenException").hasMessageNotContaining("jwt-2");
    }

    @Test
    void tokenServiceThatStumblesIsAskedAgain() throws Exception {
        node.variables.putAll(
                Map.of("AWS_ROLE_ARN", "r", "AWS_WEB_IDENTITY_TOKEN_FILE", node.file("token", "jwt-1").toString()));
        node.server.script(request -> request.number() == 1 ? new Fault.Status(503, List.of(), "") : new Fault.None());

        assertThat(node.aws().get().accessKeyId()).isEqualTo("ASIA1");
    }

    @Test
    void containerIsAskedWithTheTokenOfItsFile() throws Exception {
        node.variables
                .putAll(Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", node.scripted.address("/container").toString(),
                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", node.file("eks", "pod-token\n").toString()));

        assertThat(node.aws().get().sessionToken()).contains("session1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example/", "http://169.254.169.254/x", "http://10.0.0.1/", "ftp://127.0.0.1/",
        "nonsense"})
    void containerAddressInTheClearElsewhereIsRefused(String address) {
        node.variables.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", address);

        assertThat(node.awsFailure().isTransient()).isFalse();
        assertThat(node.server.requests()).isEmpty();
    }

    @Test
    void instanceRoleIsTheLastResortByTokenOnly() throws Exception {
        assertThat(node.aws().get().provider()).isEqualTo("instance role node-role");
        assertThat(node.server.requests()).extracting(ScriptedStore.Request::method)
                .containsSubsequence("PUT", "GET", "GET");
        assertThat(node.server.requests()).allMatch(request -> request.method().equals("PUT")
                || request.header("x-aws-ec2-metadata-token").equals("imds-token"));
    }

    @Test
    void whereNothingIsFoundEveryPlaceIsNamed() throws Exception {
        node.scripted.role("");
        assertThat(node.awsFailure()).hasMessageContaining("AWS_ACCESS_KEY_ID is not set")
                .hasMessageContaining("AWS_WEB_IDENTITY_TOKEN_FILE is not set")
                .hasMessageContaining("profile default")
                .hasMessageContaining("AWS_CONTAINER_CREDENTIALS_FULL_URI")
                .hasMessageContaining("the instance has no role")
                .hasMessageContaining("anonymous");

        node.server.close();
        assertThat(node.awsFailure()).hasMessageContaining("hop limit");
    }

    @Test
    void metadataServiceThatHangsCostsSecondsAndNoMore() {
        node.server.respond(request -> Optional.empty())
                .put("/latest/api/token", new byte[100], "v")
                .script(request -> new Fault.Stall(0));

        long begun = System.nanoTime();
        assertThat(node.awsFailure()).hasMessageContaining("no answer at");
        assertThat(System.nanoTime() - begun).isLessThan(10_000_000_000L);
    }

    @Test
    void scriptedTokenServiceIsUnderstoodByAwssOwnClient() {
        try (StsClient sts = StsClient.builder()
                .endpointOverride(node.scripted.address(""))
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
            var answer = sts.assumeRoleWithWebIdentity(
                    ask -> ask.roleArn("arn:aws:iam::123456789012:role/r")
                            .roleSessionName("s1")
                            .webIdentityToken("jwt-1"));

            assertThat(answer.credentials().accessKeyId()).isEqualTo("ASIA1");
            assertThat(answer.credentials().sessionToken()).isEqualTo("session1");
        }
    }
}
