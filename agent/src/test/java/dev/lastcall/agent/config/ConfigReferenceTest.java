// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The checked-in page and list of keys hold, for every section, all key names and all defaults. */
class ConfigReferenceTest {

    private static final Path PAGE = Path.of("../docs/configuration.md");
    private static final Path KEYS = Path.of("src/test/resources/config/keys-and-defaults.txt");
    private static final String RENEW = "if the change is meant, renew it: mvn -pl agent -am test -Dtest=ConfigReferenceTest "
            + "-Dsurefire.failIfNoSpecifiedTests=false -Dlastcall.renew=true";

    @Test
    void thePageIsWhatTheProgramReads() throws IOException {
        check(PAGE, ConfigReference.markdown());
    }

    @Test
    void keysVariablesAndDefaultsAreTheAgreedOnes() throws IOException {
        check(KEYS, ConfigReader.describe()
                .stream()
                .map(setting -> setting.key() + " = " + setting.defaultValue() + " (" + Variables.nameOf(setting.key())
                        + ")")
                .collect(Collectors.joining("\n", "", "\n")));
    }

    private static void check(Path file, String expected) throws IOException {
        if (Boolean.getBoolean("lastcall.renew")) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, expected);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "").as("%s is stale; %s", file, RENEW)
                .isEqualTo(expected);
    }
}
