// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A newcomer can follow the three walks of docs/architecture.md: each type and method that they name is in main code. */
class ThreeWalksTest {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final String TITLE = "\n## Three walks\n";

    /** More than these are not kept in mind. */
    private static final int MOST_TYPES = 12;

    /** {@code Type} or {@code Type.method}. */
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*)(?:\\.(\\w+))?`");

    private static final Map<String, Path> SOURCES = sources();

    record Walk(String title, String text) {
        @Override
        public String toString() {
            return title;
        }
    }

    static List<Walk> walks() throws IOException {
        String page = Files.readString(CHECKOUT.resolve("docs/architecture.md"));
        int begin = page.indexOf(TITLE) + TITLE.length();
        String section = page.substring(begin, page.indexOf("\n## ", begin));
        return Stream.of(section.split("\n### "))
                .skip(1)
                .map(walk -> new Walk(walk.substring(0, walk.indexOf('\n')), walk))
                .toList();
    }

    @Test
    void thereAreThree() throws IOException {
        assertThat(walks()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("walks")
    void eachTypeAndMethodIsInMainCode(Walk walk) throws IOException {
        List<String> missing = new ArrayList<>();
        Matcher name = NAME.matcher(walk.text());
        while (name.find()) {
            Path source = SOURCES.get(name.group(1));
            String method = name.group(2);
            if (source == null || (method != null && !declares(source, method))) {
                missing.add(name.group());
            }
        }
        assertThat(missing).as("docs/architecture.md names what is not there: correct the walk").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("walks")
    void aWalkHasFewTypes(Walk walk) {
        Set<String> types = new LinkedHashSet<>();
        Matcher name = NAME.matcher(walk.text());
        while (name.find()) {
            types.add(name.group(1));
        }
        assertThat(types).hasSizeBetween(MOST_TYPES / 2, MOST_TYPES);
    }

    /** A name after a type and a blank, before a parenthesis, is declared and not called. */
    private static boolean declares(Path source, String method) throws IOException {
        return Pattern.compile("[\\w>\\]](?<!\\breturn|\\bnew) " + method + "\\(").matcher(Files.readString(source)).find();
    }

    private static Map<String, Path> sources() {
        Map<String, Path> found = new TreeMap<>();
        for (String module : List.of("agent", "cloud-metadata", "model-warmup")) {
            try (Stream<Path> all = Files.walk(CHECKOUT.resolve(module + "/src/main/java"))) {
                all.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file -> found.put(file.getFileName().toString().replace(".java", ""), file));
            } catch (IOException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
        return found;
    }
}
