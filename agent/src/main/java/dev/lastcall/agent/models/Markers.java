// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;

/**
 * Files that tell that models are warm, for an init container or a unit to wait on: one with the model's name, which holds
 * the path of its folder, and one for all. Each appears whole, and never while the model is not warm.
 */
final class Markers {

    /** No model can be called so. */
    static final String ALL = "_all";

    private final Path directory;

    Markers(Path directory) {
        this.directory = directory;
    }

    /** Removes what an earlier run left. */
    void removeAll(Collection<String> models) throws IOException {
        Files.deleteIfExists(directory.resolve(ALL));
        for (String model : models) {
            Files.deleteIfExists(directory.resolve(model));
        }
    }

    void warm(String model, Path folder) throws IOException {
        write(model, folder + "\n");
    }

    void allWarm() throws IOException {
        write(ALL, "");
    }

    void cold(String model) throws IOException {
        Files.deleteIfExists(directory.resolve(ALL));
        Files.deleteIfExists(directory.resolve(model));
    }

    private void write(String name, String content) throws IOException {
        Files.createDirectories(directory);
        Path whole = Files.writeString(directory.resolve("." + name), content);
        Files.move(whole, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
