// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Second names for files; some file systems (FUSE, SMB, some network mounts) have none. */
@FunctionalInterface
interface Links {

    /** As the file system has them. */
    Links HARD = Files::createLink;

    /** As {@link Files#createLink}. */
    void create(Path name, Path existing) throws IOException;

    /**
     * Gives the file a second name.
     *
     * @return false where the file system refuses that; then a copy must do
     * @throws FileAlreadyExistsException if the name is taken
     */
    default boolean link(Path name, Path existing) throws IOException {
        try {
            create(name, existing);
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return false;
        }
    }
}
