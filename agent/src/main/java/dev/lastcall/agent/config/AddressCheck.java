// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.values.ListenAddress;

/** Finds addresses that cannot be listened on together, and gates that would call themselves. */
final class AddressCheck {

    private AddressCheck() {}

    static void run(Section section, ListenAddress api, List<ServerSettings> servers) {
        Map<String, ListenAddress> taken = new HashMap<>();
        taken.put("api.listen", api);
        for (int i = 0; i < servers.size(); i++) {
            Optional<GateSettings> gate = servers.get(i).gate();
            if (gate.isEmpty()) {
                continue;
            }
            ListenAddress listen = ListenAddress.of(gate.get().listen());
            String key = "servers[" + i + "].gate.listen";
            for (Map.Entry<String, ListenAddress> other : new ArrayList<>(taken.entrySet())) {
                if (listen.collidesWith(other.getValue())) {
                    section.conflict(key, listen + " is taken by " + other.getKey() + "; choose another port");
                }
            }
            taken.put(key, listen);
            if (servers.get(i).url().getScheme().equals("https")) {
                section.conflict("servers[" + i + "].url", "is https, which a gate does not speak to its server; "
                        + "give the server's plain http address, or leave the gate out");
            }
            if (gate.get().upstream() instanceof InetSocketAddress server
                    && reaches(ListenAddress.of(server), listen)) {
                section.conflict(key, listen + " is the server's own address, so the gate would call itself; "
                        + "move the server to another port and clients keep this one");
            }
        }
    }

    private static boolean reaches(ListenAddress server, ListenAddress listen) {
        boolean sameHost = server.host().equals(listen.host()) || listen.isEverywhere()
                || (server.isLoopback() && listen.isLoopback());
        return server.port() == listen.port() && sameHost;
    }
}
