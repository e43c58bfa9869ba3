// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.FileDigest;
import org.jspecify.annotations.Nullable;

/** What can be known and done of one file of a model as it lies on disk. Links are never followed. */
final class PublishedFile {

    private PublishedFile() {}

    /** Whether something lies there, of whatever kind. */
    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a file of that size is there. */
    static boolean hasSize(Path path, long bytes) throws IOException {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.size(path) == bytes;
    }

    /** Whether the store vouches for the bytes and they are those; false where it does not vouch. */
    static boolean matches(Path path, List<Digest> digests) throws IOException {
        return !digests.isEmpty() && FileDigest.of(path, digests.getFirst().kind()).equals(digests.getFirst());
    }

    /**
     * Whether the file is the one that is wanted: on a record that can be trusted, or by its digest.
     *
     * @param recorded what is on record of that name
     */
    static boolean is(Path path, Manifest.Entry wanted, Manifest.@Nullable Entry recorded, boolean isTrusted)
            throws IOException {
        return hasSize(path, wanted.sizeBytes())
                && ((wanted.equals(recorded) && isTrusted) || matches(path, wanted.parsedDigests()));
    }

    /** All users may read it, and none writes it by mistake. */
    static void makeReadOnly(Path path) throws IOException {
        permit(path, "r--r--r--");
    }

    /** For everybody to read, whatever this process's umask says. */
    static void makeReadable(Path path) throws IOException {
        permit(path, "rw-r--r--");
    }

    private static void permit(Path path, String permissions) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class,
                LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            return;
        }
        try {
            view.setPermissions(PosixFilePermissions.fromString(permissions));
        } catch (IOException e) {
            // Asked only now: to find the file system out costs more than all else that is done for a small file.
            if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
                throw e;
            }
        }
    }
}
