// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import dev.lastcall.agent.demo.CloudProvider;
import dev.lastcall.proof.Scenario.Guard;

/**
 * What the agent reads and writes in one run.
 *
 * @param configuration its configuration
 * @param log what it says
 * @param state its state directory
 * @param api where its API listens
 * @param gate where its gate listens, if it has one
 */
record AgentFiles(Path configuration, Path log, Path state, URI api, URI gate) {

    /**
     * Writes the configuration of one run.
     *
     * @param folder the run's own
     * @param metadata the metadata server
     * @param server the inference server, stopped by its process id
     */
    static AgentFiles write(Path folder, Scenario scenario, URI metadata, LlamaServer server) throws IOException {
        int apiPort = Ports.free();
        int gatePort = Ports.free();
        Path state = folder.resolve("state-" + server.pid());
        Files.createDirectories(state);
        String cloud = scenario.cloud().name().toLowerCase(Locale.ROOT);
        // Closed at once and answering, so that each refusal is counted on both sides.
        String gate = scenario.guard() == Guard.GATE
                ? "    gate: { listen: 127.0.0.1:" + gatePort + ", door: { at: now, closed: answer } }\n"
                : "";
        // Four looks a second, so that the door can be closed within half a second of the notice.
        String source = scenario.cloud() == CloudProvider.AWS
                ? "endpoints: [\"" + metadata + "\"], poll: 250ms"
                : "endpoint: \"" + metadata + "\"";
        String text = """
                cloud: %s
                stateDirectory: %s
                %s: { %s }
                servers:
                  - name: llama
                    url: %s
                %s    stop: { pid: %d }
                api: { listen: 127.0.0.1:%d, socket: %s }
                """.formatted(cloud, state, cloud, source, server.url(), gate, server.pid(), apiPort,
                state.resolve("lastcall.sock"));
        Path configuration = folder.resolve("lastcall.yaml");
        Files.writeString(configuration, text);
        return new AgentFiles(configuration, folder.resolve("agent.log"), state, loopback(apiPort),
                loopback(gatePort));
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }
}
