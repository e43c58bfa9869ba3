// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A file that appears when the node is being taken back.
 *
 * @param name the source's name
 * @param path the file; its first line may be the time of the end, in a usual notation
 * @param window the window where it names none
 * @param poll how often it is looked for
 */
public record FileSettings(String name, Path path, Duration window, Duration poll) implements GenericSettings {

    /** Looked for each second, two minutes of window. */
    public static FileSettings of(String name, Path path) {
        return new FileSettings(name, path, WINDOW, POLL);
    }
}
