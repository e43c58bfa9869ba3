// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.network.AuthorityFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The authorities that AWS's own tools trust: the variable's, else those of the profile. */
class AwsAuthoritiesTest {

    @TempDir
    Path home;

    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectories(home.resolve(".aws"));
        variables.put("HOME", home.toString());
        pem("ca.pem");
        Files.writeString(home.resolve(".aws/config"), """
                [profile gpu]
                ca_bundle = ~/ca.pem
                [profile broken]
                ca_bundle = ~/none.pem
                """);
    }

    private Path pem(String name) throws IOException {
        return Files.writeString(home.resolve(name),
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    }

    private Environment environment(String profile) {
        variables.put("AWS_PROFILE", profile);
        return Environment.of(variables);
    }

    @Test
    void theBundleOfTheProfileIsTrustedToo() throws Exception {
        AuthorityFile expected = new AuthorityFile("ca_bundle of profile gpu", home.resolve("ca.pem"));

        assertThat(environment("gpu").network().moreAuthorities()).containsExactly(expected);
        assertThat(environment("gpu").network().authorities()).isEmpty();
        assertThat(environment("gpu").awsAuthorities()).contains(expected);
    }

    @Test
    void theVariableComesFirst() throws Exception {
        variables.put("AWS_CA_BUNDLE", pem("other.pem").toString());

        assertThat(environment("gpu").network().moreAuthorities()).extracting(AuthorityFile::pem)
                .isEqualTo(List.of(home.resolve("other.pem")));
        assertThat(environment("broken").awsAuthorities()).isEmpty();
    }

    @Test
    void aBundleThatIsNotThereConcernsTheStoresOfAwsOnly() {
        assertThat(environment("broken").network().moreAuthorities()).isEmpty();
        assertThatExceptionOfType(CredentialException.class).isThrownBy(() -> environment("broken").awsAuthorities())
                .withMessageContaining("ca_bundle of profile broken")
                .withMessageContaining("none.pem");
    }
}
