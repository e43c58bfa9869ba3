// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Path;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code lastcall attach} makes of a unit on a real systemd, and which missing rights it reports. */
@Timeout(300)
class AttachTest {

    /** A model that at this bandwidth takes longer than any test. */
    private static final String SLOWLY = """
            models: [{ name: tiny, from: /srv/weights }]
            cache: { bandwidth: 16KiB/s }
            """;
    private static final String WEIGHTS = "mkdir -p /srv/weights && head -c 64M /dev/zero >/srv/weights/tiny.bin";

    @Test
    void serverWaitsForItsModel() throws IOException, InterruptedException {
        try (Node node = Node.boot(Engine.file("LASTCALL_PROOF_DEB", "deb"), "none")) {
            node.run("lastcall detach " + Node.SERVER + " --yes");
            String before = node.run("systemctl cat " + Node.SERVER);
            assertThat(node.property(Node.SERVER, "DropInPaths")).isEmpty();
            assertThat(node.property(Node.SERVER, "KillMode")).isEqualTo("control-group");

            node.run("systemctl stop " + Node.SERVER);
            node.run(WEIGHTS);
            node.append("/etc/lastcall/lastcall.yaml", SLOWLY);
            node.run("systemctl restart " + Node.AGENT);
            node.run("lastcall attach " + Node.SERVER + " --wait tiny --yes");
            node.run("systemctl start --no-block " + Node.SERVER);
            awaitState(node, "start-pre");
            assertThat(node.ask("ls /run/lastcall/warm")).isEmpty();

            node.run("lastcall models --limit unlimited");
            awaitState(node, "running");
            assertThat(node.run("cat /run/lastcall/warm/tiny")).isEqualTo("/var/lib/lastcall/models/tiny");
            assertThat(node.run("stat -c %s /var/lib/lastcall/models/tiny/tiny.bin")).isEqualTo("67108864");

            node.run("lastcall detach " + Node.SERVER + " --yes");
            assertThat(node.run("systemctl cat " + Node.SERVER)).isEqualTo(before);
            assertThat(node.ask("ls -d /etc/systemd/system/" + Node.SERVER + ".d")).isEmpty();
            missingRights(node);
        }
    }

    private static void awaitState(Node node, String state) {
        Awaitility.await("the server's unit is in " + state)
                .atMost(Node.PATIENCE)
                .until(() -> node.property(Node.SERVER, "SubState").equals(state));
    }

    private static void missingRights(Node node) throws IOException, InterruptedException {
        node.run("sed -i 's|bandwidth: 16KiB/s|path: /srv/cache|' /etc/lastcall/lastcall.yaml && mkdir /srv/cache");
        assertThat(node.run("lastcall config check 2>&1")).contains("ReadWritePaths=/srv/cache");

        Path dropIn = Path.of("/etc/systemd/system", Node.AGENT + ".d", "user.conf");
        node.run("mkdir -p " + dropIn.getParent());
        node.write(dropIn.toString(), "[Service]\nUser=nobody\nCapabilityBoundingSet=\n");
        node.run("systemctl daemon-reload && systemctl restart " + Node.AGENT);
        Awaitility.await("the status line names what is missing")
                .atMost(Node.PATIENCE)
                .until(() -> node.property(Node.AGENT, "StatusText").contains("cannot-stop (llama), cannot-write"));
        assertThat(node.run("lastcall status")).contains("may not stop " + Node.SERVER).contains("/srv/cache");
        assertThat(node.run("journalctl -u " + Node.AGENT + " -o cat --no-pager"))
                .contains("condition=cannot-stop severity=critical subject=llama")
                .contains("condition=cannot-write severity=warning subject=cache.path");
    }
}
