// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.lastcall.warmup.store.RemoteFile;

/** The bytes on their way of one model: a folder for each owner, so that one that only slept does no harm. */
final class Partials {

    private static final int NAME_DIGITS = 32;

    private Partials() {}

    /** One rename gives us all that the last owner had, and leaves that owner, should it wake, with nothing to rename. */
    static Path adopt(Path partials, String nonce) throws IOException {
        Path owned = partials.resolve(nonce);
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(partials)) {
            for (Path path : stream) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    left.add(path);
                }
            }
        }
        left.sort(Comparator.comparingLong(path -> path.toFile().lastModified()));
        if (left.isEmpty()) {
            Files.createDirectory(owned);
        } else {
            Files.move(left.removeLast(), owned, StandardCopyOption.ATOMIC_MOVE);
            for (Path older : left) {
                Trees.delete(older);
            }
        }
        return owned;
    }

    /** Where the bytes of a file grow. */
    static Path of(Path owned, RemoteFile file) {
        return owned.resolve(Versions.hash(file.path(), NAME_DIGITS) + ".part");
    }
}
