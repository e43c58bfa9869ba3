// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.container;

import java.nio.charset.StandardCharsets;
import java.util.List;

import com.github.dockerjava.api.exception.NotFoundException;
import org.testcontainers.containers.GenericContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What an agent in a container has recorded of its drains. */
final class DrainRecords {

    private static final String FILE = "/var/lib/lastcall/drains.jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    private DrainRecords() {}

    /** Also of a container that has ended; none before the first one is written. */
    static List<JsonNode> of(GenericContainer<?> container) {
        try {
            return container.copyFileFromContainer(FILE,
                    in -> new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                            .map(JSON::readTree)
                            .toList());
        } catch (NotFoundException notYet) {
            return List.of();
        }
    }
}
