// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.permissions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.lastcall.agent.AgentText;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.systemd.Systemctl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ServicePermissionsTest {

    /** Owns nothing here, whichever user runs the test. */
    private static final String STRANGER = "User=lastcall-stranger";

    @TempDir
    Path directory;

    private AgentConfig config;
    private Path etc;

    @BeforeEach
    void accounts() throws IOException {
        etc = Files.createDirectory(directory.resolve("etc"));
        Files.writeString(etc.resolve("passwd"), "root:x:0:0::/root:/bin/sh\ninfer:x:990:980::/:/bin/false\n");
        Files.writeString(etc.resolve("group"), "root:x:0:\ninference:x:980:\nweights:x:981:other,infer\n");
        AgentText text = AgentText.in(directory);
        config = text.read();
        Files.createDirectories(text.stateDirectory());
        modes("rwxr-xr-x", directory, etc);
        modes("rwxrwxrwx", text.stateDirectory());
    }

    @Test
    void theSandboxIsLookedIntoFromOutside() {
        assertThat(report("ProtectSystem=strict\nStateDirectory=lastcall"))
                .singleElement()
                .asString()
                .contains("read-only", "systemctl edit lastcall");
        assertThat(report("ProtectSystem=strict\nReadWritePaths=/run/systemd/system -" + directory)).isEmpty();
        assertThat(report("ProtectSystem=no")).isEmpty();
    }

    @Test
    void whatTheServicesUserCannotWriteIsSaid() throws IOException {
        assertThat(report(STRANGER)).isEmpty();

        modes("rwxr-xr-x", config.stateDirectory());

        assertThat(report(STRANGER)).singleElement()
                .asString()
                .startsWith("stateDirectory: lastcall.service runs as lastcall-stranger and cannot write into "
                        + config.stateDirectory())
                .endsWith("give lastcall-stranger the right, with chown, chgrp or chmod");
        assertThat(report(STRANGER + "\nAmbientCapabilities=cap_dac_override")).isEmpty();
    }

    @Test
    void aFolderAboveThatIsClosedToTheServicesUserIsSaid() throws IOException {
        modes("rwx------", directory);

        assertThat(report(STRANGER)).anySatisfy(line -> assertThat(line).contains("cannot enter " + directory));
    }

    @Test
    void aConfigurationThatTheServicesUserCannotReadIsSaid() throws IOException {
        Path folder = Files.createDirectory(etc.resolve("lastcall"));
        Path file = Files.writeString(folder.resolve("lastcall.yaml"), "{}");
        modes("rwxr-xr-x", folder);
        modes("rw-------", file);

        assertThat(report(STRANGER)).singleElement().asString().contains("the configuration", "cannot read " + file);
    }

    @Test
    void onlyRootHasSystemdStopAUnit() {
        config = new AgentText(directory, "cloud: none", "settleTime: 200ms",
                "servers: [{ name: llama, url: 'http://127.0.0.1:1', stop: { systemd: llama.service } }]").read();

        assertThat(report(STRANGER)).singleElement()
                .asString()
                .contains("llama: ", "systemd stops llama.service for root only", "polkit");
        assertThat(report("User=")).isEmpty();
    }

    @Test
    void rootWithoutTheCapabilityPassesNoModes() throws IOException {
        modes("r-xr-xr-x", config.stateDirectory());
        String root = "User=\nCapabilityBoundingSet=cap_kill";

        assertThat(report(root + " cap_dac_override")).isEmpty();
        assertThat(report(root)).singleElement().asString().contains("root without cap_dac_override");
    }

    @Test
    void groupsAreTheUnitsTheMainOneAndThoseThatNameTheUser() throws IOException {
        assertThat(ServiceUser.of(Map.of("User", "990", "SupplementaryGroups", "video"), etc))
                .isEqualTo(new ServiceUser("infer", Set.of("video", "inference", "weights"), Set.of()));
        assertThat(ServiceUser.of(Map.of("User", "infer", "Group", "weights"), etc).groups())
                .containsExactly("weights");
    }

    @Test
    void aUnitThatIsNotInstalledHasNothingToBeSaidOf() throws IOException {
        modes("rwxr-xr-x", config.stateDirectory());

        assertThat(report("LoadState=not-found\n" + STRANGER)).isEmpty();
    }

    private List<String> report(String properties) {
        return ServicePermissions
                .missing(config, new Systemctl(List.of("sh", "-c", "echo '" + properties + "'")), etc)
                .stream()
                .map(MissingPermission::toString)
                .toList();
    }

    private static void modes(String mode, Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        }
    }
}
