// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of this checkout, for tests that hold code and pages to rules. */
final class Checkout {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final String MAIN_CODE = "src/main/java";

    private Checkout() {}

    /** The main code of every module. */
    static List<Path> mainCode() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path parent : List.of(ROOT, ROOT.resolve("packaging"))) {
            for (Path module : list(parent)) {
                if (Files.isDirectory(module.resolve(MAIN_CODE))) {
                    files.addAll(javaFiles(module.resolve(MAIN_CODE)));
                }
            }
        }
        return files;
    }

    /** All Java files below a folder. */
    static List<Path> javaFiles(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** The pages of {@code docs/}. */
    static List<Path> docs() throws IOException {
        return list(ROOT.resolve("docs")).stream().filter(page -> page.toString().endsWith(".md")).toList();
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }
}
