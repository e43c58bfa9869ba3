// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Makes folders of the cache, none of which may be a link that someone planted. */
final class Folders {

    private Folders() {}

    /**
     * Makes the folder and those between it and the root, which itself may be reached by links.
     *
     * @throws CacheException {@link CacheException.Reason#REFUSED} if something else lies in the way
     */
    static Path make(Path root, Path folder) throws IOException, CacheException {
        Files.createDirectories(root);
        Path made = root;
        for (Path component : root.relativize(folder)) {
            made = made.resolve(component);
            if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
                create(made);
            }
        }
        return made;
    }

    private static void create(Path folder) throws IOException, CacheException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new CacheException(CacheException.Reason.REFUSED,
                        folder + " is no folder but should be; remove what lies there", e);
            }
        }
    }
}
