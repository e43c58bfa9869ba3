// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What attach and detach do to a unit's drop-in, with a command in systemctl's place. */
class AttachTest {

    private static final String BARE = "KillMode=control-group\nTimeoutStopUSec=1min 30s\nTimeoutStartUSec=1min 30s";

    private CapturedTerminal terminal = new CapturedTerminal(Map.of());

    @TempDir
    Path directory;

    private Path units;
    private Path dropIn;
    private Path reloads;

    @BeforeEach
    void unit() throws IOException {
        units = Files.createDirectory(directory.resolve("units"));
        dropIn = units.resolve("vllm.service.d/zz-lastcall.conf");
        reloads = directory.resolve("reloads");
        systemd("LoadState=loaded\n" + BARE);
    }

    private void systemd(String properties) throws IOException {
        Path command = Files.writeString(directory.resolve("systemctl"),
                "#!/bin/sh\ncase $1 in show) echo '" + properties + "';; *) echo $1 >>" + reloads + ";; esac\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private int run(String... words) {
        terminal = new CapturedTerminal(Map.of());
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.addAll(List.of("--units", units.toString(), "--systemctl", directory.resolve("systemctl").toString()));
        return terminal.run(all.toArray(String[]::new));
    }

    private List<String> settings() throws IOException {
        return Files.readAllLines(dropIn).stream().filter(line -> !line.startsWith("#") && !line.isEmpty()).toList();
    }

    @Test
    void attachShowsTheChangeAndMakesIt() throws IOException {
        assertThat(run("attach", "vllm", "--yes")).isZero();

        assertThat(terminal.out()).contains("+++ " + dropIn, "+KillMode=mixed", "vllm.service: attached");
        assertThat(settings()).containsExactly("[Unit]", "Wants=lastcall.service", "After=lastcall.service",
                "Before=lastcall-shutdown.service", "ConditionPathExists=!/run/lastcall/node-is-going", "[Service]",
                "KillMode=mixed", "TimeoutStopSec=120s");
        assertThat(reloads).hasContent("daemon-reload");
    }

    @Test
    void aModelMakesTheStartWaitAndGivesItTheTime() throws IOException {
        assertThat(run("attach", "vllm.service", "--wait", "llama-3-70b", "-y")).isZero();

        assertThat(settings()).contains("ExecStartPre=+/usr/bin/lastcall wait llama-3-70b --timeout 30m",
                "TimeoutStartSec=1890s");
    }

    @Test
    void longerTimesOfTheUnitsOwnAreKept() throws IOException {
        systemd("LoadState=loaded\nTimeoutStopUSec=10min\nTimeoutStartUSec=infinity");
        assertThat(run("attach", "vllm", "--wait", "m", "--yes")).isZero();

        assertThat(settings()).noneMatch(line -> line.startsWith("Timeout"));
    }

    @Test
    void attachingAgainChangesNothingAndDetachingUndoesItAll() throws IOException {
        run("attach", "vllm", "--wait", "m", "--yes");
        String first = Files.readString(dropIn);
        systemd("LoadState=loaded\nKillMode=mixed\nTimeoutStopUSec=2min\nTimeoutStartUSec=31min 30s");
        assertThat(run("attach", "vllm", "--wait", "m", "--yes")).isZero();
        assertThat(terminal.out()).isEqualTo("vllm.service: unchanged\n");
        assertThat(dropIn).hasContent(first);

        assertThat(run("attach", "vllm", "--yes")).isZero();
        assertThat(terminal.out()).contains("-ExecStartPre=");

        assertThat(run("detach", "vllm", "--yes")).isZero();
        assertThat(units).isEmptyDirectory();
        assertThat(run("detach", "vllm", "--yes")).isZero();
        assertThat(terminal.out()).isEqualTo("vllm.service: not attached\n");
    }

    @Test
    void dryRunOnlyShows() {
        assertThat(run("attach", "vllm", "--dry-run", "--json")).isZero();

        assertThat(terminal.out()).startsWith("{\"unit\":\"vllm.service\",\"file\":\"" + dropIn + "\"")
                .contains("\"action\":\"would-attach\"", "KillMode=mixed\\n");
        assertThat(dropIn).doesNotExist();
        assertThat(reloads).doesNotExist();
    }

    @Test
    void withoutConsentNothingIsDone() {
        assertThat(run("attach", "vllm")).isEqualTo(2);
        assertThat(terminal.err()).contains("add --yes");
        assertThat(dropIn).doesNotExist();
    }

    @Test
    void whatAUserHasChangedIsLeftAlone() throws IOException {
        run("attach", "vllm", "--yes");
        Files.writeString(dropIn, Files.readString(dropIn).replace("mixed", "process"));
        String changed = Files.readString(dropIn);

        assertThat(run("detach", "vllm", "--yes")).isEqualTo(1);
        assertThat(terminal.err()).contains(dropIn + " is not as attach wrote it");
        assertThat(run("attach", "vllm", "--yes")).isEqualTo(1);
        assertThat(run("detach", "--all", "--yes")).isEqualTo(1);
        assertThat(dropIn).hasContent(changed);
    }

    @Test
    void detachAllTakesBackEveryUnitAndLeavesOthersDropIns() throws IOException {
        run("attach", "vllm", "--yes");
        run("attach", "llama-server", "--yes");
        Path own = Files.writeString(units.resolve("vllm.service.d/limits.conf"), "[Service]\nLimitNOFILE=9\n");

        assertThat(run("detach", "--all", "--yes")).isZero();

        assertThat(dropIn).doesNotExist();
        assertThat(own).exists();
        assertThat(units.resolve("llama-server.service.d")).doesNotExist();
    }

    @Test
    void aUnitThatIsNoneIsRecognised() throws IOException {
        assertThat(run("attach", "../etc/passwd", "--yes")).isEqualTo(2);
        assertThat(run("attach", "lastcall", "--yes")).isEqualTo(2);
        assertThat(run("attach", "vllm", "--wait", "a b", "--yes")).isEqualTo(2);
        assertThat(run("detach")).isEqualTo(2);
        systemd("LoadState=not-found");
        assertThat(run("attach", "vllm", "--yes")).isEqualTo(1);
        assertThat(terminal.err()).contains("systemd knows no unit vllm.service");
    }
}
