// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * One step of the way to a file, as inode(7) describes it. Immutable.
 *
 * @param path where it is, without links before it
 * @param kind what it is
 * @param owner the owning user's id
 * @param group the owning group's id
 * @param mode the permission bits, with the sticky bit
 * @param links how many names the file has
 * @param inode with {@code device} identifies the file
 * @param modified when it was last written
 */
record FileStep(Path path, Kind kind, long owner, long group, int mode, int links, long device, long inode,
        FileTime modified) {

    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;
    private static final int FILE = 0100000;
    private static final int STICKY = 01000;
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final int OTHERS_READ = 0004;
    private static final int OTHERS_SEARCH = 0001;

    /** What a path leads to. */
    enum Kind {
        /** A directory. */
        DIRECTORY,
        /** A symbolic link. */
        LINK,
        /** A regular file. */
        FILE,
        /** A socket, a pipe or a device. */
        OTHER
    }

    /** Looks, without following a link at the end. */
    static FileStep look(Path path) throws IOException {
        Map<String, Object> seen;
        try {
            seen = Files.readAttributes(path, "unix:mode,uid,gid,nlink,dev,ino,lastModifiedTime",
                    LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException foreign) {
            throw new IOException(path + " is on a file system without owners", foreign);
        }
        int mode = (int) number(seen, "mode");
        Kind kind = switch (mode & TYPE) {
            case DIRECTORY -> Kind.DIRECTORY;
            case LINK -> Kind.LINK;
            case FILE -> Kind.FILE;
            default -> Kind.OTHER;
        };
        return new FileStep(path, kind, number(seen, "uid"), number(seen, "gid"), mode & 07777,
                (int) number(seen, "nlink"), number(seen, "dev"), number(seen, "ino"),
                (FileTime) value(seen, "lastModifiedTime"));
    }

    private static long number(Map<String, Object> seen, String name) throws IOException {
        return ((Number) value(seen, name)).longValue();
    }

    private static Object value(Map<String, Object> seen, String name) throws IOException {
        Object value = seen.get(name);
        if (value == null) {
            throw new IOException("the file system reports no " + name);
        }
        return value;
    }

    boolean isOf(long user) {
        return owner == 0 || owner == user;
    }

    /** Whether any user of the machine may write it. */
    boolean othersWrite() {
        return kind != Kind.LINK && (mode & OTHERS_WRITE) != 0;
    }

    /** Whether any user of the machine may go through a directory or a link, or read a file. */
    boolean othersPass() {
        return kind == Kind.LINK || (mode & (kind == Kind.DIRECTORY ? OTHERS_SEARCH : OTHERS_READ)) != 0;
    }

    /** Whether members of a group, other than root's, may write it. */
    boolean groupWrites() {
        return kind != Kind.LINK && (mode & GROUP_WRITES) != 0 && group != 0;
    }

    /** Whether it is a directory in which everybody may take away and rename only what is his own. */
    boolean isSticky() {
        return kind == Kind.DIRECTORY && (mode & STICKY) != 0;
    }
}
