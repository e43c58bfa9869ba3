// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code model.safetensors.index.json}: its {@code weight_map} names the shard of every tensor. */
final class ShardIndex {

    /** Tens of thousands of tensors make some MiB. */
    private static final long MAX_BYTES = 64L << 20;

    private static final int MAX_NAMED = 10;

    private ShardIndex() {}

    /** What is wrong; a shard that the model lacks is named. */
    static List<String> faults(Path file, Predicate<String> isPresent) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            return List.of("larger than any index");
        }
        try {
            JsonNode map = JsonMapper.shared().readTree(Files.readAllBytes(file)).path("weight_map");
            if (!map.isObject()) {
                return List.of("no weight_map in the index");
            }
            TreeSet<String> missing = new TreeSet<>();
            for (JsonNode shard : map) {
                if (!shard.isString() || !isPresent.test(shard.asString())) {
                    missing.add(shard.asString("?"));
                }
            }
            return missing.stream()
                    .limit(MAX_NAMED)
                    .map(shard -> "names the shard " + shard + ", which the model does not have")
                    .toList();
        } catch (JacksonException e) {
            return List.of("no valid JSON");
        }
    }
}
