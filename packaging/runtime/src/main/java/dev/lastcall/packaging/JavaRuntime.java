// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Cuts a Java runtime out of the JDK that runs this. */
final class JavaRuntime {

    /**
     * Modules that only optional parts of the libraries ask for, found absent at run time and done without: bean
     * annotations, SQL types and Swing's clock; annotation processing; recordings of the allocator.
     */
    private static final Set<String> DONE_WITHOUT = Set.of("java.desktop", "java.sql", "java.compiler", "jdk.jfr");

    private JavaRuntime() {}

    /** Links one with every module that the jars use. */
    static void link(List<Path> jars, Path folder) throws IOException, InterruptedException {
        // Compressed, because a start reads next to nothing of them that the AOT cache does not hold.
        run("jlink", List.of("--add-modules", String.join(",", modules(jars)), "--strip-debug", "--no-header-files",
                "--no-man-pages", "--compress", "zip-6", "--output", folder.toString()));
        // What is of use only to a developer: the archive that the AOT cache replaces, and its list of classes.
        Files.deleteIfExists(folder.resolve("lib/classlist"));
        Files.deleteIfExists(folder.resolve("lib/jrt-fs.jar"));
    }

    private static Set<String> modules(List<Path> jars) {
        List<String> arguments = new ArrayList<>(List.of("--ignore-missing-deps", "--multi-release",
                Integer.toString(Runtime.version().feature()), "--list-deps"));
        jars.forEach(jar -> arguments.add(jar.toString()));
        return run("jdeps", arguments).lines()
                .map(String::strip)
                .filter(line -> line.startsWith("java.") || line.startsWith("jdk."))
                .map(line -> line.replaceAll("/.*", ""))
                .filter(module -> !DONE_WITHOUT.contains(module))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Strips the native libraries in a folder: a sixth of libjvm.so is symbols that nothing at run time reads. */
    static void stripSymbols(Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("strip", "--strip-unneeded"));
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".so"))
                    .sorted()
                    .forEach(file -> command.add(file.toString()));
        }
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException("strip, of binutils, ended with " + code);
        }
    }

    private static String run(String tool, List<String> arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = ToolProvider.findFirst(tool)
                .orElseThrow(() -> new IllegalStateException("this JDK has no " + tool))
                .run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException(tool + " " + arguments + " ended with " + code + ":\n" + out + err);
        }
        return out.toString();
    }
}
