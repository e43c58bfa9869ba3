// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.RequestOutcome;
import dev.lastcall.agent.demo.load.Verdict;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The deb on a real systemd, with a real llama-server under load behind the gate. */
@Timeout(300)
class SystemdTest {

    private static final String AWS_NOTICE = """
            cloud: aws
            timeline:
              - { at: 1s, set: { spot/instance-action: { action: terminate, time: in 120s } } }
            """;
    private static final String GCP_PREEMPTION = """
            cloud: gcp
            timeline:
              - { at: 1s, set: { instance/preempted: "TRUE" } }
            """;
    private static final int SEEN_REFUSED = 20;

    private Path deb;

    @BeforeEach
    void prepared() {
        deb = Engine.file("LASTCALL_PROOF_DEB", "deb");
    }

    @Test
    void preemptionByGoogleCloud() throws IOException, InterruptedException {
        try (Node node = Node.boot(deb, "gcp"); Traffic traffic = Traffic.on(node.gate())) {
            node.simulate(GCP_PREEMPTION);
            drainsWhole(node, traffic, "Google Cloud preemption, 30 s");
        }
    }

    /** As docs/systemd.md has it, line by line. */
    @Test
    void noticeOfAwsOnAGameDay() throws IOException, InterruptedException {
        try (Node node = Node.boot(deb, "none"); Traffic traffic = Traffic.on(node.gate())) {
            node.run("cp /etc/lastcall/lastcall.yaml /root/before && sed -i 's|^cloud: none|cloud: aws\\n"
                    + "aws: { endpoints: [\"http://127.0.0.1:1338\"] }|' /etc/lastcall/lastcall.yaml");
            node.run("lastcall config check && systemctl restart lastcall");
            node.run("systemd-run --unit=game-day lastcall simulate aws --script example:aws-spot-terminate"
                    + " --listen 127.0.0.1:1338");
            drainsWhole(node, traffic, "AWS notice, 120 s, on a game day");

            node.ask("systemctl start " + Node.SERVER);
            assertThat(node.isActive(Node.SERVER)).as("a server is started on a node that is going").isFalse();
            assertThat(node.property(Node.SERVER, "ConditionResult")).isEqualTo("no");

            node.run("systemctl stop game-day && cp /root/before /etc/lastcall/lastcall.yaml");
            node.run("systemctl stop lastcall && rm /var/lib/lastcall/state.json && systemctl start lastcall "
                    + Node.SERVER);
            node.awaitAnswer();
        }
    }

    private static void drainsWhole(Node node, Traffic traffic, String title) throws InterruptedException {
        traffic.awaitRefused(SEEN_REFUSED);
        Awaitility.await("the server is stopped").atMost(Node.PATIENCE).until(() -> !node.isActive(Node.SERVER));
        nothingLost(traffic.end(title));
        drainedBeforeStopped(node);
        assertThat(node.isActive(Node.AGENT)).isTrue();
    }

    private static void nothingLost(FateTable table) {
        assertThat(table.count(Verdict.LOST)).as("lost: %s", table.details()).isZero();
        assertThat(table.count(Verdict.CUT)).as("cut: %s", table.details()).isZero();
    }

    private static void drainedBeforeStopped(Node node) {
        Awaitility.await("the drain is recorded").atMost(Node.PATIENCE).until(() -> !node.drains().isEmpty());
        JsonNode drained = node.drains().getLast();
        assertThat(drained.path("outcome").asString("").toLowerCase(Locale.ROOT)).isEqualTo("drained");
        assertThat(Instant.parse(drained.path("stopSentAt").asString("")))
                .isAfterOrEqualTo(Instant.parse(drained.path("idleAt").asString("")));
    }

    @Test
    void restartOfTheAgent() throws IOException, InterruptedException {
        try (Node node = Node.boot(deb, "none"); Traffic traffic = Traffic.on(node.gate())) {
            String server = node.property(Node.SERVER, "MainPID");
            String agent = node.property(Node.AGENT, "MainPID");
            node.run("systemctl restart " + Node.AGENT);
            traffic.awaitComplete(2 * traffic.inFlight());

            undisturbed(node, traffic.end("systemctl restart lastcall"), server);
            String successor = node.property(Node.AGENT, "MainPID");
            assertThat(successor).isNotEqualTo(agent);
            // Nothing that the agent could write can be run: the sockets' library is loaded from where it is installed.
            assertThat(node.run("cat /proc/" + successor + "/mountinfo")).containsPattern(" /tmp [^\\n]*noexec");
            assertThat(node.run("cat /proc/" + successor + "/maps"))
                    .contains("/usr/lib/lastcall/lib/libnetty_transport");
            // Either can hold a secret.
            assertThat(node.run("dpkg-deb -c /root/lastcall_*.deb"))
                    .containsPattern("-rw-r-----\\s+root/root\\s[^\\n]*\\./etc/lastcall/lastcall\\.yaml");
            assertThat(node.run("stat -c %a /etc/default/lastcall")).isEqualTo("640");
        }
    }

    @Test
    void upgradeToANewerBuild() throws IOException, InterruptedException {
        Path newer = Engine.file("LASTCALL_PROOF_DEB_NEWER", "newer deb");
        try (Node node = Node.boot(deb, "none"); Traffic traffic = Traffic.on(node.gate())) {
            String server = node.property(Node.SERVER, "MainPID");
            String before = node.run("dpkg-query -W -f '${Version}' lastcall");
            node.install(newer);
            traffic.awaitComplete(2 * traffic.inFlight());

            undisturbed(node, traffic.end("upgrade under load"), server);
            assertThat(node.run("dpkg-query -W -f '${Version}' lastcall")).isNotEqualTo(before);
            assertThat(node.run("cat /etc/lastcall/lastcall.yaml")).contains("name: llama");
        }
    }

    private static void undisturbed(Node node, FateTable table, String server) {
        nothingLost(table);
        assertThat(table.count(Verdict.REFUSED)).as("refused: %s", table.details()).isZero();
        assertThat(node.property(Node.SERVER, "MainPID")).as("the server's process").isEqualTo(server);
        assertThat(node.ask("ls /var/lib/lastcall")).doesNotContain("drains.jsonl");
    }

    @Test
    void poweroffWithoutANoticeOfTheCloud() throws IOException, InterruptedException {
        try (Node node = Node.boot(deb, "none"); Traffic traffic = Traffic.on(node.gate())) {
            node.ask("systemctl poweroff");
            traffic.awaitRefused(1);
            FateTable table = traffic.end("systemctl poweroff");
            Awaitility.await("the machine is off").atMost(Node.PATIENCE).until(() -> !node.isUp());

            nothingLost(table);
            drainedBeforeStopped(node);
            assertThat(node.drains().getLast().path("notice").toString()).contains("shutdown");
        }
    }

    @Test
    void agentKilledInMidDrain() throws IOException, InterruptedException {
        try (Node node = Node.boot(deb, "aws"); Traffic traffic = Traffic.on(node.gate())) {
            node.simulate(AWS_NOTICE);
            traffic.awaitRefused(1);
            int inFlight = traffic.inFlight();
            node.run("systemctl kill --signal=KILL --kill-who=main " + Node.AGENT);
            long killed = System.nanoTime();
            Awaitility.await("the server is stopped").atMost(Node.PATIENCE).until(() -> !node.isActive(Node.SERVER));

            FateTable table = traffic
                    .end("agent killed with -9 in mid-drain (what is in flight through it ends with it)");
            List<RequestOutcome> letIn = traffic.letInAfter(killed);
            assertThat(letIn).as("requests that found the door open, or no agent, after the kill").isEmpty();
            assertThat(table.count(Verdict.LOST)).isLessThanOrEqualTo(inFlight);
            assertThat(node.property(Node.AGENT, "NRestarts")).isEqualTo("1");
            Awaitility.await("the drain is recorded").atMost(Node.PATIENCE).until(() -> !node.drains().isEmpty());
            assertThat(node.drains()).hasSize(1);
        }
    }

    @Test
    void brokenConfigurationAndPurge() throws IOException, InterruptedException {
        try (Node node = Node.boot(deb, "none")) {
            String server = node.property(Node.SERVER, "MainPID");
            node.run("systemd-analyze security --threshold=30 --no-pager " + Node.AGENT);

            node.run("sed -i 's/^cloud: .*/cloud: moon/' /etc/lastcall/lastcall.yaml");
            node.ask("systemctl restart " + Node.AGENT);
            assertThat(node.property(Node.AGENT, "ActiveState")).isEqualTo("failed");
            assertThat(node.property(Node.AGENT, "ExecMainStatus")).isEqualTo("2");
            assertThat(node.property(Node.AGENT, "NRestarts")).isEqualTo("0");
            assertThat(node.ask("systemctl status --no-pager " + Node.AGENT)).contains("moon");
            assertThat(node.property(Node.SERVER, "MainPID")).isEqualTo(server);

            node.run("DEBIAN_FRONTEND=noninteractive dpkg --purge lastcall");
            assertThat(node.ask("find / -xdev -name '*lastcall*' -not -path '/proc/*' -not -path '/var/lib/dpkg/*'"
                    + " -not -path '/root/*' -not -path '/var/lib/systemd/*' -not -path '/sys/*'"))
                    .as("what a purge leaves behind")
                    .isEmpty();
            assertThat(node.property(Node.SERVER, "MainPID")).isEqualTo(server);
            assertThat(node.property(Node.SERVER, "KillMode")).isEqualTo("control-group");
        }
    }
}
