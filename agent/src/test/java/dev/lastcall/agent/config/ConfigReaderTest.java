// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.config.AgentConfig.CloudChoice;
import dev.lastcall.agent.config.ConfigInputs.FlagValue;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.stop.StopWay;
import dev.lastcall.agent.values.Secret;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.generic.FixedEndSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigReaderTest {

    @TempDir
    Path directory;

    private ConfigText text;

    @BeforeEach
    void prepare() {
        text = new ConfigText(directory);
    }

    @Test
    void readsWhatADrainBeginsWith() {
        assertThat(
                text.valid("servers: [{name: a, url: 'http://127.0.0.1:1', stop: {pidFile: /run/a.pid, first: true}, "
                        + "door: {command: [ray, drain-node]}}]", Map.of()).servers())
                .singleElement()
                .matches(ServerSettings::stopFirst)
                .satisfies(server -> assertThat(server.doorCommand()).containsExactly("ray", "drain-node"));
    }

    @Test
    void takesEachKindAndLeavesItsProbePathsUnlessTheOperatorListsThem() {
        for (ServerKind kind : ServerKind.values()) {
            assertThat(
                    text.valid("servers: [{name: a, url: 'http://127.0.0.1:1', kind: " + kind.label() + "}]", Map.of())
                            .servers())
                    .singleElement()
                    .satisfies(server -> assertThat(server.kind()).contains(kind))
                    .matches(ServerSettings::probePathsOfKind);
        }
        assertThat(text.valid("servers: [{name: a, url: 'http://127.0.0.1:1', gate: {listen: '127.0.0.1:0', "
                + "livenessPaths: [/alive]}}]", Map.of()).servers()).singleElement()
                .matches(server -> !server.probePathsOfKind());
    }

    @Test
    void readsTheWholeFile() {
        AgentConfig config = text.valid("""
                cloud: aws
                gcp: { preemptionNotice: 120s }
                aws:
                  scheduledEvents: { retirementNow: true, lead: 15m }
                sources:
                  - name: block-end
                    deadline: 2026-12-01T11:30:00Z
                    lead: 30m
                servers:
                  - name: llama
                    url: http://127.0.0.1:8000
                    kind: llama-server
                    gate: { listen: 0.0.0.0:8080, livenessPaths: [/alive] }
                    stop: { systemd: vllm.service }
                  - name: other
                    url: http://127.0.0.1:8001
                    stop: none
                """, Map.of());

        assertThat(config.cloud()).isEqualTo(CloudChoice.AWS);
        assertThat(config.sources().gcp().preemptionNotice()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.sources().aws().maintenance())
                .isEqualTo(new AwsSettings.Maintenance(Duration.ofMinutes(15), true, Duration.ofMinutes(1)));
        assertThat(config.sources().generic()).singleElement().isInstanceOf(FixedEndSettings.class);
        ServerSettings llama = config.servers().getFirst();
        assertThat(llama.url()).isEqualTo(URI.create("http://127.0.0.1:8000"));
        assertThat(llama.kind()).contains(ServerKind.LLAMA_SERVER);
        assertThat(llama.gate())
                .hasValueSatisfying(gate -> assertThat(gate.paths().liveness()).containsExactly("/alive"));
        assertThat(llama.stop()).isEqualTo(new StopWay.Systemd("vllm.service"));
        assertThat(config.servers().get(1).gate()).isEmpty();
        assertThat(config.servers().get(1).stop()).isEqualTo(new StopWay.None());
    }

    @Test
    void environmentWinsOverFileAndFlagOverEnvironment() {
        String yaml = "cloud: aws\naws: { poll: 2s }\ngcp: { watchdogPoll: 7s }\n";
        Map<String, String> environment = Map.of("LASTCALL_CLOUD", "gcp", "LASTCALL_AWS_POLL", "3s");

        ConfigResult.Valid result = text.result(yaml, environment, new FlagValue("--cloud", "cloud", "azure"));

        assertThat(result.config().cloud()).isEqualTo(CloudChoice.AZURE);
        assertThat(result.config().sources().aws().spotPoll()).isEqualTo(Duration.ofSeconds(3));
        assertThat(result.config().sources().gcp().hanging().watchdog()).isEqualTo(Duration.ofSeconds(7));
        assertThat(originOf(result, "cloud")).isEqualTo("flag --cloud");
        assertThat(originOf(result, "aws.poll")).isEqualTo("environment LASTCALL_AWS_POLL");
        assertThat(originOf(result, "gcp.watchdogPoll")).isEqualTo(directory + "/lastcall.yaml:3:22");
        assertThat(originOf(result, "gcp.endpoint")).isEqualTo("default");
    }

    @Test
    void aMetadataAddressThatIsSetIsEvidenceOfItsCloudAlsoWhereItIsTheDefault() {
        assertThat(text.valid("aws: { poll: 2s }", Map.of()).configuredEndpoints()).isEmpty();
        assertThat(text.valid("aws: { endpoints: ['http://169.254.169.254'] }", Map.of()).configuredEndpoints())
                .containsExactly(CloudChoice.AWS);
        assertThat(text.valid("gcp: { endpoint: 'http://127.0.0.1:1' }",
                Map.of("LASTCALL_AZURE_ENDPOINT", "http://127.0.0.1:2")).configuredEndpoints())
                .containsExactlyInAnyOrder(CloudChoice.GCP, CloudChoice.AZURE);
    }

    @Test
    void environmentAloneCanDescribeAServer() {
        AgentConfig config = text.valid("", Map.of("LASTCALL_SERVERS_0_NAME", "llama", "LASTCALL_SERVERS_0_URL",
                "http://127.0.0.1:8000", "LASTCALL_SERVERS_0_GATE_LISTEN", "127.0.0.1:8080",
                "LASTCALL_SERVERS_0_STOP_PID_FILE", "/run/llama.pid", "LASTCALL_SERVERS_0_GATE_HEALTH_PATHS",
                "/a, /b"));

        ServerSettings server = config.servers().getFirst();
        assertThat(server.stop()).isEqualTo(new StopWay.PidFile(Path.of("/run/llama.pid")));
        assertThat(server.gate())
                .hasValueSatisfying(gate -> assertThat(gate.paths().health()).containsExactly("/a", "/b"));
    }

    @Test
    void flagsCanChangeOneServerOfTheFile() {
        AgentConfig config = text.valid("servers: [{name: a, url: 'http://127.0.0.1:8000'}]", Map.of(),
                new FlagValue("--set", "servers[0].kind", "vllm"));

        assertThat(config.servers()).singleElement()
                .satisfies(server -> assertThat(server.kind()).contains(ServerKind.VLLM));
    }

    @Test
    void emptyVariablesAndServiceLinksAreNoSettings() {
        AgentConfig config = text.valid("", Map.of("LASTCALL_CLOUD", "", "LASTCALL_SERVICE_HOST", "10.0.0.1",
                "LASTCALL_SERVICE_PORT_HTTP", "9808", "LASTCALL_PORT", "tcp://10.0.0.1:9808",
                "LASTCALL_PORT_9808_TCP_ADDR",
                "10.0.0.1", "LASTCALL_CONFIG", "/etc/lastcall/lastcall.yaml", "HOME", "/root"));

        assertThat(config.cloud()).isEqualTo(CloudChoice.AUTO);
    }

    @Test
    void emptySectionsAndFilesMeanDefaults() {
        AgentConfig defaults = text.valid("", Map.of());

        assertThat(text.valid("# nothing\n", Map.of())).isEqualTo(defaults);
        assertThat(text.valid("aws:\nservers:\n", Map.of())).isEqualTo(defaults);
        assertThat(text.valid("\uFEFFcloud: auto\n", Map.of())).isEqualTo(defaults);
    }

    @Test
    void absentFileIsAnErrorOnlyIfItWasNamed() {
        Path absent = directory.resolve("absent.yaml");

        assertThat(ConfigReader.read(new ConfigInputs(absent, false, Map.of(), List.of())))
                .isInstanceOf(ConfigResult.Valid.class);
        assertThat(ConfigReader.read(new ConfigInputs(absent, true, Map.of(), List.of())).toString())
                .contains("no such file");
    }

    @Test
    void secretsAreNeverShown() {
        ConfigResult.Valid result = text.result("api: { token: abcdefghijklmnop }", Map.of());

        assertThat(result.config().api().token()).contains(Secret.of("abcdefghijklmnop"));
        assertThat(result.settings().toString()).contains(Setting.MASK).doesNotContain("abcdefgh");
        assertThat(text.problems("api: { token: short-secret }", Map.of())).singleElement()
                .asString()
                .contains("api.token")
                .doesNotContain("short-secret");
    }

    private static String originOf(ConfigResult.Valid result, String key) {
        return result.settings()
                .stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElseThrow()
                .origin()
                .toString();
    }
}
