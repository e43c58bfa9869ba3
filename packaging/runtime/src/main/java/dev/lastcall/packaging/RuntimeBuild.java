// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes the folder that is installed as {@code /usr/lib/lastcall}. */
final class RuntimeBuild {

    private RuntimeBuild() {}

    /** @param args the program as the agent's build lays it out, the launcher, the folder to make, the time of its files */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path program = Path.of(args[0]);
        Path launcher = Path.of(args[1]);
        Path home = Path.of(args[2]);
        Instant time = Instant.parse(args[3]);
        delete(home);
        Files.createDirectories(home);
        Program.copy(program, home);
        Files.copy(launcher, home.resolve(Program.LAUNCHER), StandardCopyOption.COPY_ATTRIBUTES);
        LeanClasses.renew(Program.jars(home));
        JavaRuntime.link(Program.jars(home), home.resolve("runtime"));
        JavaRuntime.stripSymbols(home);
        // Before the training: the cache knows its jars by their size and time.
        stamp(home, time);
        TrainingRun.of(home).write(home.resolve("lastcall.aot"));
        stamp(home, time);
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            for (Path path : tree(folder).sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void stamp(Path folder, Instant time) throws IOException {
        for (Path path : tree(folder).filter(path -> !Files.isSymbolicLink(path)).toList()) {
            Files.setLastModifiedTime(path, FileTime.from(time));
        }
    }

    private static Stream<Path> tree(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return List.copyOf(paths.toList()).stream();
        }
    }
}
