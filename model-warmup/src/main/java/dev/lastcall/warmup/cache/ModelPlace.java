// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.nio.file.Path;

/**
 * The paths of one version of one model. All lie on one file system.
 *
 * @param root below which nothing may be a link that the cache did not make
 * @param tree folder of the published files
 * @param manifest what should be there, and whether it is
 * @param partials folder of the owners' folders of bytes on their way
 * @param lease who works on it
 * @param quarantine where damaged files go
 */
public record ModelPlace(Path root, Path tree, Path manifest, Path partials, Path lease, Path quarantine) {

    /** A plain folder outside any cache, with the state in a corner of it. */
    public static ModelPlace inFolder(Path folder) {
        Path state = folder.resolve(CacheLayout.STATE);
        return new ModelPlace(folder, folder, state.resolve("manifest.json"), state.resolve("partial"),
                state.resolve("lease"),
                state.resolve("quarantine"));
    }
}
