// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A name means one thing in all modules: a reader who finds it in a log or a page finds one file. */
class SimpleNamesTest {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Path MAIN_CODE = Path.of("src", "main", "java");

    @Test
    void noSimpleNameIsThereTwiceInMainCode() throws IOException {
        Map<String, List<Path>> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(CHECKOUT)) {
            tree.map(CHECKOUT::relativize)
                    .filter(file -> file.toString().endsWith(".java") && file.toString().contains(MAIN_CODE.toString()))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .forEach(file -> files.merge(file.getFileName().toString(), List.of(file),
                            (one, other) -> Stream.concat(one.stream(), other.stream()).toList()));
        }
        assertThat(files).hasSizeGreaterThan(500);
        assertThat(files.values()).filteredOn(places -> places.size() > 1).isEmpty();
    }
}
