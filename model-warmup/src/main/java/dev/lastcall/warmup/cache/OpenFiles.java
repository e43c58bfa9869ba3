// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether any process that we may look at has a file below a folder open or mapped (Linux, {@code proc(5)}). */
final class OpenFiles {

    private final Path proc;

    OpenFiles(Path proc) {
        this.proc = proc;
    }

    boolean isUsed(Path folder) {
        String prefix = folder.toAbsolutePath() + "/";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (hasOpen(process, prefix) || hasMapped(process, prefix)) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false;
        }
        return false;
    }

    private static boolean hasOpen(Path process, String prefix) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (isLinkInto(descriptor, prefix)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // It ended, or belongs to another user: what it maps can still be seen, or not.
            return false;
        }
        return false;
    }

    private static boolean isLinkInto(Path descriptor, String prefix) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith(prefix);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hasMapped(Path process, String prefix) {
        try (BufferedReader maps = Files.newBufferedReader(process.resolve("maps"))) {
            return maps.lines().anyMatch(line -> line.contains(" " + prefix));
        } catch (IOException | java.io.UncheckedIOException e) {
            return false;
        }
    }
}
