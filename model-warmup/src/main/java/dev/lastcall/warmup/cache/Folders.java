// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Failure;

/**
 * Makes folders of the cache, none of which may be a link that someone planted. Servers of other users read in them, so
 * everybody may enter them, whatever this process's umask says.
 */
final class Folders {

    private static final Set<PosixFilePermission> ENTER = EnumSet.of(PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);

    private Folders() {}

    /**
     * Makes the folder and those between it and the root, which itself may be reached by links.
     *
     * @throws CacheException {@link CacheException.Reason#REFUSED} if something else lies in the way
     */
    static Path make(Path root, Path folder) throws IOException, CacheException {
        makeRoot(root);
        Path made = root;
        for (Path component : root.relativize(folder)) {
            if (!component.toString().isEmpty()) {
                made = made.resolve(component);
                if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
                    create(made);
                }
            }
        }
        return made;
    }

    /**
     * The path of a file below the root; makes nothing.
     *
     * @throws CacheException {@link CacheException.Reason#REFUSED} if one of its folders is a link
     */
    static Path fileIn(Path root, Path folder, String name) throws CacheException {
        Path file = folder.resolve(name);
        for (Path above = file.getParent(); above != null && !above.equals(root); above = above.getParent()) {
            if (Files.isSymbolicLink(above)) {
                throw new CacheException(CacheException.Reason.REFUSED,
                        new Failure.OnDisk(above.toString(), DiskFault.LINK), null);
            }
        }
        return file;
    }

    /** Makes the root if it is not there, for whom this process's umask allows. */
    private static void makeRoot(Path root) throws IOException, CacheException {
        if (!Files.isDirectory(root)) {
            try {
                Files.createDirectories(root);
            } catch (FileAlreadyExistsException e) {
                throw new CacheException(CacheException.Reason.REFUSED,
                        new Failure.OnDisk(e.getFile(), DiskFault.NOT_A_FOLDER), e);
            }
        }
    }

    /** Makes the folder and those above it that are not there, for everybody to enter; the others stay as they are. */
    static void makeShared(Path folder) throws IOException, CacheException {
        if (!Files.isDirectory(folder)) {
            Path above = folder.getParent();
            if (above != null) {
                makeShared(above);
            }
            create(folder);
        }
    }

    private static void create(Path folder) throws IOException, CacheException {
        try {
            Files.createDirectory(folder);
            if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                Set<PosixFilePermission> all = EnumSet.copyOf(ENTER);
                all.addAll(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
                Files.setPosixFilePermissions(folder, all);
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new CacheException(CacheException.Reason.REFUSED, new Failure.OnDisk(folder.toString(),
                        Files.isSymbolicLink(folder) ? DiskFault.LINK : DiskFault.NOT_A_FOLDER), e);
            }
        }
    }
}
