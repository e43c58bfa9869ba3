// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.lastcall.warmup.store.s3.S3Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProfileTextTest {

    @TempDir
    Path home;

    private final Map<String, String> variables = new HashMap<>();

    private Environment environment(String config) throws IOException {
        Files.createDirectories(home.resolve(".aws"));
        Files.writeString(home.resolve(".aws/config"), config);
        variables.put("HOME", home.toString());
        return Environment.of(variables);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[profile my gpu]", "[profile \"my gpu\"]", "[ profile 'my gpu' ] # why",
        "[profile\tmy gpu]"})
    void namesMayHaveBlanksAndQuotationMarks(String header) throws IOException {
        variables.put("AWS_PROFILE", "my gpu");

        assertThat(environment("[default]\nregion = a\n" + header + "\nregion = b\n").region()).contains("b");
    }

    @Test
    void settingsOfOneServiceComeBeforeThoseOfAll() throws IOException {
        Environment node = environment("""
                [default]
                endpoint_url = http://all.test
                services = ours
                s3 =
                    addressing_style = virtual
                    max_queue_size = 100
                region = eu-west-3
                [services ours]
                s3 =
                  endpoint_url = http://s3.test:9000
                [sso-session x]
                region = nowhere
                """);

        assertThat(node.awsEndpoint("s3")).contains(URI.create("http://s3.test:9000"));
        assertThat(node.awsEndpoint("sts")).contains(URI.create("http://all.test"));
        S3Settings settings = S3Settings.from(node);
        assertThat(settings.addressing()).isEqualTo(S3Settings.Addressing.VIRTUAL_HOST);
        assertThat(settings.region()).isEqualTo("eu-west-3");
    }

    @Test
    void variablesComeBeforeTheProfileAndEachServicesOwnBeforeThatOfAll() throws IOException {
        String config = "[default]\nendpoint_url = http://profile.test\n";
        variables.put("AWS_ENDPOINT_URL", "http://all.test");
        variables.put("AWS_ENDPOINT_URL_STS", "http://sts.test");

        assertThat(environment(config).awsEndpoint("sts")).contains(URI.create("http://sts.test"));
        assertThat(environment(config).awsEndpoint("s3")).contains(URI.create("http://all.test"));

        variables.put("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        assertThat(environment(config).awsEndpoint("s3")).isEmpty();
    }

    @Test
    void anEndpointThatIsNoAddressIsReportedWithItsPlace() throws IOException {
        Environment node = environment("[default]\nendpoint_url = minio:9000\n");

        assertThatThrownBy(() -> node.awsEndpoint("s3")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint_url of profile default")
                .hasMessageContaining("minio:9000");
    }

    @Test
    void theHomeFolderIsTheOneOfTheVariable() throws IOException {
        assertThat(environment("").home()).isEqualTo(home);
        assertThat(environment("").path("~/x")).isEqualTo(home.resolve("x"));
        assertThat(Environment.of(Map.of()).home()).isEqualTo(Path.of(System.getProperty("user.home", "/")));
    }
}
