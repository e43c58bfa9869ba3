// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Whether any process that we may look at has a file of a model open or mapped (Linux, {@code proc(5)}). Files are known by
 * their path, and by their inode where a container sees them under another path or a server reads them by another name.
 */
final class OpenFiles {

    private static final int MAPS_INODE = 4;
    private static final int MAPS_PATH = 5;

    private final Path proc;

    OpenFiles(Path proc) {
        this.proc = proc;
    }

    boolean isUsed(ModelFiles files) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (hasOpen(process, files) || hasMapped(process, files)) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false;
        }
        return false;
    }

    private static boolean hasOpen(Path process, ModelFiles files) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (isOneOf(descriptor, files)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // It ended, or belongs to another user: what it maps can still be seen, or not.
            return false;
        }
        return false;
    }

    private static boolean isOneOf(Path descriptor, ModelFiles files) {
        try {
            String path = Files.readSymbolicLink(descriptor).toString();
            // Only what bears one of the model's names is looked at closer: a look at a file of a dead mount can hang.
            return files.isBelow(path) || (files.hasName(path)
                    && files.hasKey(Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey()));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hasMapped(Path process, ModelFiles files) {
        try (BufferedReader maps = Files.newBufferedReader(process.resolve("maps"))) {
            return maps.lines().anyMatch(line -> {
                String[] fields = line.split(" +", MAPS_PATH + 1);
                return fields.length > MAPS_PATH && (files.isBelow(fields[MAPS_PATH])
                        || (files.hasName(fields[MAPS_PATH]) && files.hasInode(fields[MAPS_INODE])));
            });
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
