// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

import dev.lastcall.agent.api.ApiSettings;
import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.kubernetes.ServiceAccount;
import dev.lastcall.agent.kubernetes.node.NodeMarkSettings;
import dev.lastcall.agent.kubernetes.pod.PodSettings;
import dev.lastcall.agent.kubernetes.signal.SignalSettings;
import dev.lastcall.agent.models.CacheSettings;
import dev.lastcall.agent.models.ModelSettings;
import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.agent.server.stop.StopWay;
import dev.lastcall.agent.telemetry.LogSettings;
import dev.lastcall.metadata.cloud.SourceSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What is left out is what the part that is configured takes for its default. */
class ConfigDefaultsTest {

    @TempDir
    Path directory;

    private AgentConfig read(String yaml) {
        return new ConfigText(directory).valid(yaml, Map.of());
    }

    @Test
    void ofAnEmptyFileAreThoseOfEachPart() {
        AgentConfig config = read("");

        assertThat(config.sources()).isEqualTo(SourceSettings.defaults());
        assertThat(config.drain()).isEqualTo(DrainSettings.DEFAULT);
        assertThat(config.discoveryPorts()).isEqualTo(ServerDiscovery.PORTS);
        assertThat(config.cache()).isEqualTo(CacheSettings.DEFAULT);
        assertThat(config.api()).isEqualTo(ApiSettings.DEFAULT);
        assertThat(config.log()).isEqualTo(LogSettings.DEFAULT);
        assertThat(config.kubernetes()).isNull();
        assertThat(config.relaySocket()).isNull();
        assertThat(config.webhook()).isNull();
    }

    @Test
    void ofAServerWithAGateAreTheGates() {
        ServerSettings server = read("servers: [{name: a, url: 'http://[::1]', gate: {listen: 'localhost:8080'}}]")
                .servers()
                .getFirst();

        assertThat(server.gate()).contains(GateSettings.of(InetSocketAddress.createUnresolved("localhost", 8080),
                InetSocketAddress.createUnresolved("::1", 80)));
        assertThat(server.kind()).isEmpty();
        assertThat(server.gauge()).isEmpty();
        assertThat(server.stop()).isEqualTo(new StopWay.None());
    }

    @Test
    void ofAModelAreTheModels() {
        assertThat(read("models: [{name: m, from: /weights/m}]").models())
                .containsExactly(ModelSettings.of("m", "/weights/m"));
    }

    @Test
    void ofAClusterAreThoseOfItsParts() {
        KubernetesSettings kubernetes = Objects.requireNonNull(read("kubernetes: {node: gpu-1}").kubernetes());

        assertThat(kubernetes.marks()).isEqualTo(NodeMarkSettings.of("gpu-1"));
        assertThat(kubernetes.pods()).isEqualTo(PodSettings.DEFAULT);
        assertThat(kubernetes.signals()).isEqualTo(SignalSettings.NONE);
        assertThat(kubernetes.serviceAccount()).isEqualTo(ServiceAccount.DEFAULT_DIRECTORY);
    }
}
