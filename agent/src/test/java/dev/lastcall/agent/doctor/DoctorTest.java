// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import com.sun.net.httpserver.HttpServer;
import dev.lastcall.agent.api.ApiServer;
import dev.lastcall.agent.api.FakeDesk;
import dev.lastcall.agent.api.ModelAdmin;
import dev.lastcall.agent.api.PreStopHold;
import dev.lastcall.agent.status.view.SampleViews;
import dev.lastcall.agent.telemetry.Metrics;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class DoctorTest {

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private NodeOfDoctor node;

    @BeforeEach
    void make() {
        node = new NodeOfDoctor(folder, vertx);
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private List<NodeFinding> look(String keys, FindingArea area) throws IOException, InterruptedException {
        return Doctor.look(node.with(keys), node.configuration(), false, List.of())
                .findings()
                .stream()
                .filter(finding -> finding.area() == area)
                .toList();
    }

    private static HttpServer server(Map<String, String> answers, int otherwise) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String answer = answers.get(exchange.getRequestURI().getPath());
            byte[] body = (answer == null ? "" : answer).getBytes(StandardCharsets.UTF_8);
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(answer == null ? otherwise : 200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        return server;
    }

    private static String serverAt(int port, String more) {
        return "servers:\n  - { name: llama, url: 'http://127.0.0.1:" + port + "'" + more + " }\n";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void withoutAnAgentTheNodeIsNotReady() throws Exception {
        Diagnosis diagnosis = Doctor.look(node.with(""), node.configuration(), false, List.of());

        assertThat(diagnosis.isReady()).isFalse();
        assertThat(diagnosis.findings()).filteredOn(finding -> finding.area() == FindingArea.AGENT)
                .singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).contains("not protected", "l.sock"))
                .satisfies(finding -> assertThat(finding.remedy()).contains("systemctl start lastcall"));
        assertThat(folder.toFile().list()).as("it changes nothing")
                .containsExactlyInAnyOrder("lastcall.yaml", "root");
    }

    @Test
    void whatTheRunningAgentReportsIsShown() throws Exception {
        Surroundings here = node.with("");
        try (ApiServer api = new ApiServer(vertx, here.config().api(), SampleViews::reclaimed, new FakeDesk(),
                ModelAdmin.NONE, PreStopHold.NONE, new Metrics("1"))) {
            api.openSocket();

            List<NodeFinding> findings = Doctor.look(here, node.configuration(), false, List.of()).findings();

            assertThat(findings).filteredOn(finding -> finding.subject().equals("notice"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.sentence()).contains("aws-spot says spot-interruption"));
            assertThat(findings).filteredOn(finding -> finding.subject().equals("version"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.sentence()).contains("1.2.3"));
            assertThat(findings).filteredOn(finding -> finding.area() == FindingArea.PORT)
                    .allSatisfy(finding -> assertThat(finding.sentence()).contains("is the running agent's"));
        }
    }

    @Test
    void aServerThatTakesConnectionsAndNeverAnswersIsSilent() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(look(serverAt(mute.getLocalPort(), ", kind: vllm"), FindingArea.SERVER))
                    .first()
                    .satisfies(finding -> assertThat(finding.level()).isEqualTo(FindingLevel.FAIL))
                    .satisfies(finding -> assertThat(finding.sentence()).startsWith("is silent: "));
            assertThat(look(serverAt(mute.getLocalPort(), ""), FindingArea.SERVER))
                    .anySatisfy(finding -> assertThat(finding.sentence())
                            .contains("is like no kind that is known", "does not answer"));
        }
    }

    @Test
    void aDeadPortIsAServerThatCannotBeReached() throws Exception {
        assertThat(look(serverAt(freePort(), ", stop: { systemd: vllm.service }"), FindingArea.SERVER)).first()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(FindingLevel.FAIL))
                .satisfies(finding -> assertThat(finding.sentence()).contains("cannot be reached"))
                .satisfies(finding -> assertThat(finding.remedy()).startsWith("systemctl start vllm.service"));
    }

    @Test
    void aServerIsRecognisedCountedAndSeenToBeOpenPastItsGate() throws Exception {
        HttpServer vllm = server(Map.of("/v1/models", "{\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm\"}]}", "/version",
                "{\"version\":\"0.10.0\"}", "/health", "ok", "/metrics",
                "\nvllm:num_requests_running{engine=\"0\"} 3\nvllm:num_requests_waiting{engine=\"0\"} 1\n"), 404);
        try (ServerSocket gate = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            int port = vllm.getAddress().getPort();

            assertThat(look(serverAt(port, ""), FindingArea.SERVER)).extracting(NodeFinding::sentence)
                    .contains("answers at http://127.0.0.1:" + port, "is a vllm", "4 in flight by its own gauges")
                    .anyMatch(sentence -> sentence.startsWith("has no gate"));
            assertThat(look(serverAt(port, ", kind: sglang"), FindingArea.SERVER)).extracting(NodeFinding::sentence)
                    .contains("is configured as sglang and answers like vllm");

            String gated = ", gate: { listen: '127.0.0.1:" + gate.getLocalPort() + "' }";
            assertThat(look(serverAt(port, gated), FindingArea.SERVER)).extracting(NodeFinding::sentence)
                    .contains("its gate listens at 127.0.0.1:" + gate.getLocalPort());
            node.file("proc/net/tcp", "  sl  local_address rem_address   st\n   0: 00000000:"
                    + String.format("%04X", port) + " 00000000:0000 0A 0\n");
            assertThat(look(serverAt(port, gated), FindingArea.SERVER))
                    .anySatisfy(finding -> assertThat(finding.sentence()).contains("clients can go past it"));
        } finally {
            vllm.stop(0);
        }
    }

    @Test
    void refusedMetadataIsOneLineForAllSourcesWithTheQuestionToType() throws Exception {
        HttpServer imds = server(Map.of(), 403);
        try {
            String at = "http://127.0.0.1:" + imds.getAddress().getPort();

            List<NodeFinding> findings = look("cloud: aws\naws: { endpoints: ['" + at + "'] }\n", FindingArea.METADATA);

            assertThat(findings).filteredOn(finding -> finding.level() == FindingLevel.FAIL)
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.subject()).startsWith("aws-spot, "))
                    .satisfies(finding -> assertThat(finding.sentence()).contains("403", "IMDS is disabled"))
                    .satisfies(finding -> assertThat(finding.remedy()).startsWith("curl ").contains(at));
        } finally {
            imds.stop(0);
        }
    }

    @Test
    void healthyMetadataHasItsLatencyAndTheScheduleOfTheCloud() throws Exception {
        HttpServer imds = server(Map.of("/latest/api/token", "token"), 404);
        try {
            String keys = "cloud: aws\naws: { endpoints: ['http://127.0.0.1:" + imds.getAddress().getPort() + "'] }\n";

            assertThat(look(keys, FindingArea.METADATA)).filteredOn(finding -> finding.subject().equals("aws-spot"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.sentence()).matches("answers in \\d+ ms: no notice"));
            assertThat(look(keys, FindingArea.SCHEDULE)).singleElement()
                    .satisfies(finding -> assertThat(finding.sentence()).startsWith("AWS 120 s: "));
            assertThat(look(keys, FindingArea.CLOCK)).extracting(NodeFinding::level).containsExactly(FindingLevel.OK);
        } finally {
            imds.stop(0);
        }
    }

    @Test
    void noSourceAtAllFails() throws Exception {
        assertThat(look("", FindingArea.METADATA)).anySatisfy(finding -> {
            assertThat(finding.level()).isEqualTo(FindingLevel.FAIL);
            assertThat(finding.sentence()).contains("none is watched");
        });
    }

    @Test
    void aCalendarThatIsWrongIsSaidWithTheDirection() {
        assertThat(MetadataChecks.clock(Duration.ofSeconds(-90)).sentence()).startsWith("is 90 s behind the metadata");
        assertThat(MetadataChecks.clock(Duration.ofSeconds(3)).level()).isEqualTo(FindingLevel.OK);
    }

    @Test
    void aPortThatAnotherProcessHasFails() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String api = "api: { listen: '127.0.0.1:" + other.getLocalPort() + "', socket: " + folder + "/l.sock }\n";

            assertThat(look(api, FindingArea.PORT)).singleElement()
                    .satisfies(finding -> assertThat(finding.level()).isEqualTo(FindingLevel.FAIL))
                    .satisfies(finding -> assertThat(finding.remedy())
                            .contains("ss -ltnp 'sport = :" + other.getLocalPort()));
        }
    }

    @Test
    void aUnitThatIsKilledTooSoonIsAttached() throws Exception {
        node.systemctl("""
                LoadState=loaded
                ActiveState=active
                Type=simple
                KillMode=control-group
                TimeoutStopUSec=2s""");

        List<NodeFinding> findings = look(serverAt(freePort(), ", stop: { systemd: vllm.service }") + "cloud: aws\n",
                FindingArea.SYSTEMD);

        assertThat(findings).filteredOn(finding -> finding.subject().equals("vllm.service"))
                .hasSize(2)
                .allSatisfy(finding -> assertThat(finding.remedy()).isEqualTo("lastcall attach vllm.service"))
                .anySatisfy(
                        finding -> assertThat(finding.sentence()).contains("killed 2 s after SIGTERM", "up to 7 s"));
        assertThat(findings).filteredOn(finding -> finding.subject().equals("lastcall.service"))
                .anySatisfy(finding -> assertThat(finding.sentence()).contains("killed 2 s after its stop begins"));
    }

    @Test
    void aUnitThatSystemdDoesNotKnowFails() throws Exception {
        node.systemctl("LoadState=not-found");

        assertThat(look(serverAt(freePort(), ", stop: { systemd: vllm.service }"), FindingArea.SYSTEMD))
                .filteredOn(finding -> finding.subject().equals("vllm.service"))
                .extracting(NodeFinding::level)
                .containsExactly(FindingLevel.FAIL);
    }

    @Test
    void aKubeletThatDoesNotWaitIsSaidAndLogindThatDoesNotLetIt() throws Exception {
        node.file("var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\nshutdownGracePeriod: 0s\n");
        assertThat(look("", FindingArea.KUBELET)).singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).contains("does not wait"));

        node.file("var/lib/kubelet/config.yaml",
                "# shutdownGracePeriod: 60s\nshutdownGracePeriod: 30s\nshutdownGracePeriodCriticalPods: 30s\n");
        assertThat(look("", FindingArea.KUBELET)).singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).contains("ordinary pods have no time"));

        node.file("var/lib/kubelet/config.yaml",
                "{\"shutdownGracePeriod\": \"45s\", \"shutdownGracePeriodCriticalPods\": \"15s\"}");
        node.busctl("t 5000000");
        assertThat(look("", FindingArea.KUBELET)).singleElement()
                .satisfies(finding -> assertThat(finding.subject()).isEqualTo("logind"))
                .satisfies(finding -> assertThat(finding.remedy()).contains("InhibitDelayMaxSec=45"));

        node.busctl("t 45000000");
        assertThat(look("", FindingArea.KUBELET)).singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).contains("30 s, critical ones 15 s more"));
    }

    @Test
    void aModelsStoreIsListedAndHeldAgainstTheQuota() throws Exception {
        Path store = Files.createDirectories(folder.resolve("store"));
        Files.write(store.resolve("model.bin"), new byte[100]);
        String models = "cache: { path: " + folder + "/cache, quota: 50B }\nmodels:\n"
                + "  - { name: there, from: " + store + " }\n  - { name: gone, from: " + folder + "/none }\n";

        assertThat(look(models, FindingArea.MODEL)).hasSize(2)
                .allSatisfy(finding -> assertThat(finding.level()).isEqualTo(FindingLevel.FAIL))
                .anySatisfy(finding -> assertThat(finding.sentence()).contains("1 files, 100 B", "quota"))
                .anySatisfy(finding -> assertThat(finding.sentence()).contains("no such file or folder"));
        assertThat(look(models.replace("50B", "80%"), FindingArea.CACHE)).extracting(NodeFinding::sentence)
                .anyMatch(sentence -> sentence.contains("are free of"));
        assertThat(folder.resolve("cache")).as("it changes nothing").doesNotExist();
    }

    @Test
    void theWriteTestLeavesNothingBehind() throws Exception {
        Files.createDirectories(folder.resolve("cache"));
        Surroundings here = node.with("cache: { path: " + folder + "/cache }\nmodels: [{ name: m, from: /none }]\n");

        assertThat(Doctor.look(here, node.configuration(), true, List.of()).findings())
                .filteredOn(finding -> finding.subject().equals("write speed"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).contains("MiB/s"));
        assertThat(folder.resolve("cache")).isEmptyDirectory();
    }

    @Test
    void rightsThatTheClusterDoesNotGiveAreNamed() throws Exception {
        Path account = Files.createDirectories(folder.resolve("account"));
        Files.writeString(account.resolve("token"), "secret");
        String pod = "{\"items\":[{\"metadata\":{\"name\":\"llm\",\"namespace\":\"a\"},\"spec\":"
                + "{\"terminationGracePeriodSeconds\":1,\"containers\":[{\"name\":\"c\",\"resources\":{\"limits\":"
                + "{\"nvidia.com/gpu\":\"1\"}}}]}}]}";
        String reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        String keys = "cloud: aws\nkubernetes: { node: n1, serviceAccount: " + account + ", apiServer: '%s' }\n";

        HttpServer denies = server(Map.of(reviews, "{\"status\":{\"allowed\":false}}"), 404);
        try {
            assertThat(look(keys.formatted("http://127.0.0.1:" + denies.getAddress().getPort()), FindingArea.CLUSTER))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.level()).isEqualTo(FindingLevel.FAIL))
                    .satisfies(finding -> assertThat(finding.sentence())
                            .startsWith("does not allow: get nodes, patch nodes, patch nodes/status, list pods"));
        } finally {
            denies.stop(0);
        }
        HttpServer allows = server(Map.of(reviews, "{\"status\":{\"allowed\":true}}", "/api/v1/pods", pod), 404);
        try {
            assertThat(look(keys.formatted("http://127.0.0.1:" + allows.getAddress().getPort()), FindingArea.CLUSTER))
                    .extracting(NodeFinding::sentence)
                    .containsExactly("answers and allows all that the agent does",
                            "is killed 1 s after SIGTERM, and the drain plans up to 7 s");
        } finally {
            allows.stop(0);
        }
    }

    /** What is asked about is what the manifests grant, no more and no less. */
    @Test
    void everyGrantedRightIsAskedAbout() throws IOException {
        TreeSet<String> granted = new TreeSet<>();
        for (String document : Files.readString(Path.of("../k8s/daemonset.yaml")).split("\n---\n", -1)) {
            JsonNode object = YAMLMapper.builder().build().readTree(document);
            if (object.path("kind").asString("").equals("ClusterRole")) {
                object.path("rules")
                        .forEach(rule -> rule.path("resources")
                                .forEach(resource -> rule.path("verbs")
                                        .forEach(verb -> granted.add(verb.asString() + " " + resource.asString()))));
            }
        }
        assertThat(ClusterChecks.NEEDED).extracting(Object::toString).containsExactlyInAnyOrderElementsOf(granted);
    }
}
