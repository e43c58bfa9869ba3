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

/**
 * A newcomer can follow the three walks of docs/architecture.md and the first changes of CONTRIBUTING.md: each type and method
 * that they name is in the code.
 */
class NamesInPagesTest {

    /** More than these are not kept in mind. */
    private static final int MOST_TYPES = 12;

    /** {@code Type} or {@code Type.method}. */
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*)(?:\\.(\\w+))?`");

    private static final Map<String, Path> MAIN = sources("src/main/java");
    private static final Map<String, Path> TESTS = sources("src/test/java");

    record Walk(String title, String text) {
        @Override
        public String toString() {
            return title;
        }
    }

    static List<Walk> walks() throws IOException {
        return Stream.of(section("docs/architecture.md", "Three walks").split("\n### "))
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
    void aWalkNamesMainCode(Walk walk) throws IOException {
        assertThat(missing(walk.text(), MAIN)).as("docs/architecture.md names what is not there: correct it").isEmpty();
    }

    @Test
    void theFirstChangesNameCode() throws IOException {
        Map<String, Path> all = new TreeMap<>(TESTS);
        all.putAll(MAIN);
        String changes = section("CONTRIBUTING.md", "Your first change");
        assertThat(NAME.matcher(changes).results().count()).isGreaterThan(20);
        assertThat(missing(changes, all)).as("CONTRIBUTING.md names what is not there: correct it").isEmpty();
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

    private static List<String> missing(String text, Map<String, Path> sources) throws IOException {
        List<String> missing = new ArrayList<>();
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            Path source = sources.get(name.group(1));
            String method = name.group(2);
            if (source == null || (method != null && !declares(source, method))) {
                missing.add(name.group());
            }
        }
        return missing;
    }

    /** A name after a type and a blank, before a parenthesis, is declared and not called. */
    private static boolean declares(Path source, String method) throws IOException {
        return Pattern.compile("[\\w>\\]](?<!\\breturn|\\bnew) " + method + "\\(")
                .matcher(Files.readString(source))
                .find();
    }

    private static String section(String page, String title) throws IOException {
        String text = Files.readString(Checkout.ROOT.resolve(page));
        int begin = text.indexOf("\n## " + title + "\n");
        assertThat(begin).as("the section %s of %s", title, page).isNotNegative();
        return text.substring(begin + 1, text.indexOf("\n## ", begin + 1));
    }

    private static Map<String, Path> sources(String folder) {
        Map<String, Path> found = new TreeMap<>();
        for (String module : List.of("agent", "cloud-metadata", "model-warmup")) {
            try {
                Checkout.javaFiles(Checkout.ROOT.resolve(module).resolve(folder))
                        .forEach(file -> found.put(file.getFileName().toString().replace(".java", ""), file));
            } catch (IOException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
        return found;
    }
}
