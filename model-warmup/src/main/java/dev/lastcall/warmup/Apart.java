// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.store.Store;
import org.jspecify.annotations.Nullable;

/** Whether a store on this machine and the place of a model are two places: by what they are, not by how they are called. */
final class Apart {

    private Apart() {}

    /** @throws WarmupException.StoreRefused if one is the other or lies in it */
    static void require(Store store, Path place) throws IOException, WarmupException {
        Optional<Path> source = store.localFolder();
        if (source.isEmpty() || !Files.exists(source.get())) {
            return;
        }
        Path from = source.get().toRealPath();
        Path to = real(place.toAbsolutePath().normalize());
        if (holds(from, to) || holds(to, from)) {
            String how = holds(from, to) && holds(to, from)
                    ? "is the source itself"
                    : holds(from, to) ? "lies in the source " + from : "holds the source " + from;
            throw new WarmupException.StoreRefused(
                    new Failure.OnDisk(place.toString(), DiskFault.NOT_APART, how), null);
        }
    }

    /** With all links resolved as far as it is there. */
    private static Path real(Path path) throws IOException {
        Path there = path;
        while (!Files.exists(there)) {
            Path above = there.getParent();
            if (above == null) {
                return path;
            }
            there = above;
        }
        return there.toRealPath().resolve(there.relativize(path)).normalize();
    }

    /** Whether the folder is on the way from the root to the path, under whatever name it is mounted. */
    private static boolean holds(Path folder, Path path) throws IOException {
        Object key = Files.exists(folder) ? key(folder) : null;
        for (Path above = path; above != null; above = above.getParent()) {
            if (above.equals(folder) || (key != null && Files.exists(above) && key.equals(key(above)))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }
}
