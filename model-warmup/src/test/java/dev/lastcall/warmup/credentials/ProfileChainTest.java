// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import dev.lastcall.warmup.network.Network;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Profiles that name a role; the scripted token service verifies the signature of the request that takes it on. */
@Timeout(60)
class ProfileChainTest {

    @AutoClose
    private static final Network NETWORK = Network.create();

    @TempDir
    Path home;

    @AutoClose
    private ChainFixture node;

    @BeforeEach
    void begin() {
        node = new ChainFixture(home, NETWORK);
        node.scripted.key("AKID", "base-secret");
        node.variables.put("AWS_PROFILE", "gpu");
    }

    private void config(String text) throws IOException {
        node.file(".aws/config", text);
    }

    @Test
    void roleIsTakenOnByTheKeyOfAnotherProfile() throws Exception {
        config("""
                [profile gpu]
                role_arn = arn:aws:iam::1:role/gpu
                source_profile = base
                external_id = ext/1
                role_session_name = node-7
                [profile base]
                aws_access_key_id = AKID
                aws_secret_access_key = base-secret
                """);

        assertThat(node.aws().get().accessKeyId()).isEqualTo("ASIA1");
        assertThat(node.server.requests().getFirst().target()).contains("ExternalId=ext%2F1")
                .contains("RoleSessionName=node-7")
                .contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fgpu");
    }

    @Test
    void rolesFollowOneAnother() throws Exception {
        config("""
                [profile gpu]
                role_arn = inner
                source_profile = outer
                [profile outer]
                role_arn = outer
                source_profile = outer
                aws_access_key_id = AKID
                aws_secret_access_key = base-secret
                """);

        assertThat(node.aws().get().accessKeyId()).as("by the session of the first").isEqualTo("ASIA2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ec2InstanceMetadata", "EcsContainer"})
    void roleIsTakenOnByWhatTheNodeHasAnyway(String source) throws Exception {
        config("[profile gpu]\nrole_arn = r\ncredential_source = " + source + "\n");
        node.variables.putAll(source.equals("EcsContainer")
                ? Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", node.scripted.address("/container").toString(),
                        "AWS_CONTAINER_AUTHORIZATION_TOKEN", "pod-token")
                : Map.of());
        node.scripted.trustIssued();

        assertThat(node.aws().get().accessKeyId()).as("by the key that was handed out first").isEqualTo("ASIA2");
    }

    @Test
    void profilesThatLeadToEachOtherAreReported() throws Exception {
        config("[profile gpu]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = q\nsource_profile = gpu\n");

        assertThat(node.awsFailure()).hasMessageContaining("gpu, b").hasMessageContaining("source_profile");
        assertThat(node.server.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"source_profile = nowhere, nowhere", "credential_source = Somewhere, Ec2InstanceMetadata",
        "'', web_identity_token_file", "sso_session = s, sso_session", "mfa_serial = m, mfa_serial"})
    void mistakesNameTheProfileAndTheRemedy(String line, String remedy) throws Exception {
        config("[profile gpu]\nrole_arn = r\n" + line + "\n");

        assertThat(node.awsFailure()).hasMessageContaining("profile gpu").hasMessageContaining(remedy);
    }

    @Test
    void keyThatIsWrongIsReportedWithoutItsSecret() throws Exception {
        config("""
                [profile gpu]
                role_arn = r
                source_profile = base
                [profile base]
                aws_access_key_id = AKID
                aws_secret_access_key = other-secret
                """);

        assertThat(node.awsFailure()).hasMessageContaining("SignatureDoesNotMatch")
                .hasMessageContaining("profile base")
                .hasMessageNotContaining("other-secret");
    }

    @Test
    void scriptedTokenServiceIsUnderstoodByAwssOwnClient() {
        try (StsClient sts = StsClient.builder()
                .endpointOverride(node.scripted.address(""))
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKID", "base-secret")))
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
            var answer = sts.assumeRole(ask -> ask.roleArn("arn:aws:iam::123456789012:role/r").roleSessionName("s1"));

            assertThat(answer.credentials().accessKeyId()).isEqualTo("ASIA1");
        }
    }
}
