// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import dev.lastcall.agent.config.ServerSettings;
import dev.lastcall.agent.values.ListenAddress;

/**
 * The addresses that the agent listens on: free, or the agent's own. A port is tried by binding it without listening, which no
 * client can notice.
 */
final class PortChecks {

    private final Surroundings node;
    private final Supplier<AgentAnswer> agent;

    PortChecks(Surroundings node, Supplier<AgentAnswer> agent) {
        this.node = node;
        this.agent = agent;
    }

    List<DoctorCheck> all() {
        List<DoctorCheck> checks = new ArrayList<>();
        ListenAddress api = node.config().api().listen();
        checks.add(check("api.listen", new InetSocketAddress(api.host(), api.port())));
        for (ServerSettings server : node.config().servers()) {
            server.gate().ifPresent(gate -> checks.add(check("gate of " + server.name(), gate.listen())));
        }
        return checks;
    }

    private DoctorCheck check(String what, InetSocketAddress address) {
        return new DoctorCheck(FindingArea.PORT, what, "ss -ltnp", () -> List.of(look(what, address)));
    }

    private NodeFinding look(String what, InetSocketAddress address) {
        String at = address.getHostString() + ":" + address.getPort();
        if (agent.get() instanceof AgentAnswer.Running) {
            return NodeFinding.ok(FindingArea.PORT, what, at + " is the running agent's");
        }
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address.getHostString(), address.getPort()));
            return NodeFinding.ok(FindingArea.PORT, what, at + " is free");
        } catch (IOException taken) {
            return NodeFinding.fail(FindingArea.PORT, what, at + " cannot be had: " + taken.getMessage(),
                    "ss -ltnp 'sport = :" + address.getPort() + "' shows which process has it");
        }
    }
}
