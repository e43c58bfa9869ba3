// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Main code and the pages for users do without the words that CONTRIBUTING.md lists, as words and as parts of names. */
class PlainWordsTest {

    private static final String TITLE = "## Words to avoid and their plain form";

    private static final List<String> WORDS = words();
    private static final Pattern AVOIDED = avoided(WORDS);

    @Test
    void mainCodeDoesWithoutThem() throws IOException {
        assertPlain(Checkout.mainCode(), 300);
    }

    @Test
    void pagesDoWithoutThem() throws IOException {
        List<Path> pages = new ArrayList<>(
                List.of(Checkout.ROOT.resolve("README.md"), Checkout.ROOT.resolve("SECURITY.md")));
        pages.addAll(Checkout.docs());
        assertPlain(pages, 10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Nobody asks.", "the server is told to stop", "it waits in vain", "boolean isTold",
        "Instant toldAt"})
    void aWordIsFoundInProseAndInAName(String line) {
        assertThat(AVOIDED.matcher(line).find()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"understood", "notUnderstood", "a standing order", "amend", "vain", "recommends"})
    void aWordWithinAnotherIsNot(String line) {
        assertThat(AVOIDED.matcher(line).find()).isFalse();
    }

    private static void assertPlain(List<Path> files, int least) throws IOException {
        assertThat(files).hasSizeGreaterThan(least);
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (AVOIDED.matcher(lines.get(i)).find()) {
                    found.add(Checkout.ROOT.relativize(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        assertThat(found).as("CONTRIBUTING.md has a plain form of each of these words").isEmpty();
    }

    /** The words are the first column of the table below the title. */
    private static List<String> words() {
        List<String> lines;
        try {
            lines = Files.readAllLines(Checkout.ROOT.resolve("CONTRIBUTING.md"));
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
        List<String> words = lines.stream()
                .skip(lines.indexOf(TITLE) + 1L)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .flatMap(row -> Arrays.stream(row.split("\\|", -1)[1].split(",", -1)))
                .map(String::strip)
                .toList();
        assertThat(words).as("the table below %s", TITLE).contains("nobody", "in vain").doesNotContain("");
        return words;
    }

    private static Pattern avoided(List<String> words) {
        String whole = words.stream().map(Pattern::quote).collect(Collectors.joining("|"));
        String capital = words.stream()
                .map(word -> Pattern.quote(word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1)))
                .collect(Collectors.joining("|"));
        return Pattern.compile("\\b(?i:" + whole + ")\\b|(?<=[a-z])(?:" + capital + ")(?![a-z])|\\b(?:" + whole
                + ")(?=[A-Z])");
    }
}
