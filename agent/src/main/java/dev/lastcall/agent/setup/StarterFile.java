// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.setup;

import java.util.stream.Collectors;

import dev.lastcall.agent.setup.PortOwners.Owner;
import dev.lastcall.agent.setup.Survey.FoundServer;
import dev.lastcall.metadata.cloud.Cloud;

/** The configuration that a survey suggests: what was found, and as a comment what was not. */
final class StarterFile {

    private StarterFile() {}

    static String of(Survey survey) {
        String cloud = survey.cloud().cloud() == Cloud.NONE
                ? "#cloud: auto"
                : "cloud: " + survey.cloud().cloud().label();
        String servers = survey.servers().isEmpty()
                ? """
                        #servers:
                        #  - name: llama
                        #    url: http://127.0.0.1:8000
                        #    gate: { listen: "127.0.0.1:8080" }
                        #    stop: { systemd: vllm.service }
                        """
                : survey.servers().stream().map(StarterFile::server).collect(Collectors.joining("", "servers:\n", ""));
        return "# Made by lastcall init. `lastcall config reference` explains every key.\n" + cloud + "\n" + servers
                + "#cache: { path: " + survey.cache() + " }\n";
    }

    private static String server(FoundServer server) {
        return "  - name: " + server.name() + "\n    url: " + server.url() + "\n    kind: " + server.kind() + "\n    "
                + gate(server) + "\n    " + stop(server.owner()) + "\n";
    }

    private static String gate(FoundServer server) {
        return server.gate()
                .map(address -> "gate: { listen: \"" + address.host() + ":" + address.port()
                        + "\" } # clients come here"
                        + (server.open() ? "; start the server with --host 127.0.0.1" : ""))
                .orElse("#gate: { listen: \"127.0.0.1:PORT\" } # clients come here");
    }

    /** A process's number is another's after the next start, so it is no way to stop that a file could keep. */
    private static String stop(Owner owner) {
        return switch (owner) {
            case Owner.Unit(String name) -> "stop: { systemd: '" + name + "' }";
            case Owner.LoneProcess(long pid) ->
                "#stop: { pidFile: /run/NAME.pid } # now process " + pid + ", of no unit";
            case Owner.Engine _ -> "#stop: { command: [docker, stop, NAME] } # it is in a container";
            case Owner.Unknown _ -> "#stop: { systemd: NAME.service }";
        };
    }
}
