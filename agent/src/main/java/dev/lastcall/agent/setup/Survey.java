// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.setup;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.metadata.cloud.CloudDetector;

/**
 * What was found on a node.
 *
 * @param cloud which cloud it is in, and by what that is known
 * @param ports that were asked for a server
 * @param servers in the order of their ports
 * @param cache where models are kept by default
 * @param cacheSpace what is free there, for people
 * @param late what had no answer in time, for people
 */
record Survey(CloudDetector.Detected cloud, List<Integer> ports, List<FoundServer> servers, Path cache,
        String cacheSpace, List<String> late) {

    Survey {
        ports = List.copyOf(ports);
        servers = List.copyOf(servers);
        late = List.copyOf(late);
    }

    /**
     * A server that answers.
     *
     * @param name proposed
     * @param kind its label
     * @param evidence by what it was recognised
     * @param owner whose its port is
     * @param open whether it listens on every address
     * @param gate an address that is free; empty where none of those tried is
     */
    record FoundServer(String name, URI url, String kind, String evidence, PortOwners.Owner owner, boolean open,
            Optional<ListenAddress> gate) {}
}
