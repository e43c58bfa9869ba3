// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.Function;

/**
 * Whether any process has a file of a model open or mapped. The kernel is asked for each file; where it cannot say, all
 * processes are looked at (Linux, {@code proc(5)}), and one that may not be looked at counts as one that has. Files are
 * known there by their path, and by their inode where a container sees them under another path or a server reads them by
 * another name.
 */
final class OpenFiles {

    private static final int MAPS_INODE = 4;
    private static final int MAPS_PATH = 5;

    private final Path proc;
    private final Function<Path, FileLeases.Answer> kernel;

    OpenFiles(Path proc, Function<Path, FileLeases.Answer> kernel) {
        this.proc = proc;
        this.kernel = kernel;
    }

    boolean isUsed(ModelFiles files) {
        boolean isKnown = true;
        for (Path path : files.paths()) {
            switch (kernel.apply(path)) {
                case IN_USE -> {
                    return true;
                }
                case UNKNOWN -> isKnown = false;
                case FREE -> {
                }
            }
        }
        return !isKnown && isUsedByAny(files);
    }

    private boolean isUsedByAny(ModelFiles files) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (hasOpen(process, files) || hasMapped(process, files)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            return true;
        }
    }

    private static boolean hasOpen(Path process, ModelFiles files) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (isOneOf(descriptor, files)) {
                    return true;
                }
            }
            return false;
        } catch (DirectoryIteratorException e) {
            return isHidden(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            return isHidden(e);
        }
    }

    /** One that has ended meanwhile has nothing open. */
    private static boolean isHidden(IOException e) {
        return e instanceof AccessDeniedException || String.valueOf(e.getMessage()).contains("ermission");
    }

    private static boolean isOneOf(Path descriptor, ModelFiles files) {
        try {
            String path = Files.readSymbolicLink(descriptor).toString();
            // Only what bears one of the model's names is looked at closer: a look at a file of a dead mount can hang.
            return files.isBelow(path) || (files.hasName(path)
                    && files.hasKey(Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey()));
        } catch (IOException e) {
            return isHidden(e);
        }
    }

    private static boolean hasMapped(Path process, ModelFiles files) {
        try (BufferedReader maps = Files.newBufferedReader(process.resolve("maps"))) {
            return maps.lines().anyMatch(line -> {
                String[] fields = line.split(" +", MAPS_PATH + 1);
                return fields.length > MAPS_PATH && (files.isBelow(fields[MAPS_PATH])
                        || (files.hasName(fields[MAPS_PATH]) && files.hasInode(fields[MAPS_INODE])));
            });
        } catch (UncheckedIOException e) {
            return isHidden(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            return isHidden(e);
        }
    }
}
