// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.nio.file.Path;

/**
 * The paths of one version of one model. All lie on one file system.
 *
 * @param root below which nothing may be a link that the cache did not make
 * @param tree folder of the published files
 * @param staging where files wait for the rest of their version; in a cache the tree itself, which is not shown before
 * @param manifest what should be in the tree, and whether it is
 * @param plan what should be in the staging folder; in a cache the manifest itself
 * @param partials folder of the owners' folders of bytes on their way
 * @param lease who works on it
 * @param quarantine where damaged files go
 */
public record ModelPlace(Path root, Path tree, Path staging, Path manifest, Path plan, Path partials, Path lease,
        Path quarantine) {

    /** A plain folder outside any cache, with the state in a corner of it. */
    public static ModelPlace inFolder(Path folder) {
        Path state = folder.resolve(CacheLayout.STATE);
        return new ModelPlace(folder, folder, state.resolve("next"), state.resolve("manifest.json"),
                state.resolve("next.json"), state.resolve("partial"), state.resolve("lease"),
                state.resolve("quarantine"));
    }

    /** Whether the tree is what people read while the next version comes: then that must wait elsewhere. */
    boolean isReplacedInPlace() {
        return !staging.equals(tree);
    }
}
