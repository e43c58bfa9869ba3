// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Whether the files of a model fit each other and their own headers. Digests prove that the bytes are those of the store;
 * this finds what was already broken there, before a server spends minutes on loading it.
 */
public final class ModelStructure {

    private ModelStructure() {}

    /**
     * Looks at headers only, never at weights.
     *
     * @param file where the file of that name is
     * @param paths the names of all files
     * @param isWanted whether a file of that name was asked for: a shard that was left out on purpose is not missing
     * @return what is wrong, each naming its file; empty if nothing is
     */
    public static List<String> faults(Function<String, Path> file, Collection<String> paths,
            Predicate<String> isWanted) throws IOException {
        List<String> faults = new ArrayList<>();
        for (String path : new TreeSet<>(paths)) {
            if (path.endsWith(".safetensors")) {
                SafetensorsHeader.fault(file.apply(path)).ifPresent(fault -> faults.add(path + ": " + fault));
            } else if (path.endsWith(".gguf")) {
                GgufHeader.fault(file.apply(path)).ifPresent(fault -> faults.add(path + ": " + fault));
            } else if (path.endsWith(".safetensors.index.json")) {
                String parent = path.substring(0, path.lastIndexOf('/') + 1);
                ShardIndex.faults(file.apply(path),
                        shard -> paths.contains(parent + shard) || !isWanted.test(parent + shard))
                        .forEach(fault -> faults.add(path + ": " + fault));
            }
        }
        return faults;
    }
}
