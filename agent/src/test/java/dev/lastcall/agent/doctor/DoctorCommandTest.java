// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.lastcall.agent.Main;
import dev.lastcall.agent.cli.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class DoctorCommandTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();

    private int run(String... args) {
        return Main.commands(new Terminal(new PrintWriter(out, true), new PrintWriter(new StringWriter()),
                Map.of("LASTCALL_API_SOCKET", folder.resolve("l.sock").toString()), false, 100)).run(args);
    }

    @Test
    void aFailureIsExitCodeOne() {
        assertThat(run("doctor", "--config=/dev/null", "--cloud=none")).isEqualTo(1);
        assertThat(out.toString()).startsWith("NOT READY for a notice: ");
    }

    @Test
    void aConfigurationThatCannotBeUsedIsALineAndTheRestIsCheckedAllTheSame() throws IOException {
        Path file = Files.writeString(folder.resolve("l.yaml"), "clod: none\n");

        assertThat(run("doctor", "--json", "--config", file.toString())).isEqualTo(1);
        assertThat(out.toString().lines()).singleElement()
                .asString()
                .startsWith("{\"ready\":false,")
                .contains("did you mean cloud?", "checked with the defaults", "\"area\":\"metadata\"");
    }
}
