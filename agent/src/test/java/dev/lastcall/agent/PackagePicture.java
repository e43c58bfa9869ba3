// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The picture of the packages in docs/architecture.md: every block that is fenced with the word {@code packages}. A line is
 * {@code package -> packages that it uses}; a longer one goes on below, indented. Names of the libraries begin below
 * {@code dev.lastcall}, those of the agent below {@code dev.lastcall.agent}. Immutable.
 */
final class PackagePicture {

    private static final Pattern BLOCK = Pattern.compile("(?m)^```packages\\n(.*?)^```$", Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile("([a-z0-9.]+) +->(.*)");
    private static final Pattern FULL = Pattern.compile("(agent|metadata|simulator|testkit|warmup)(\\..*)?");

    private final Map<String, List<String>> uses;

    private PackagePicture(Map<String, List<String>> uses) {
        this.uses = uses;
    }

    static PackagePicture read(Path page) {
        Map<String, List<String>> uses = new LinkedHashMap<>();
        Matcher blocks = BLOCK.matcher(text(page));
        while (blocks.find()) {
            blocks.group(1).replaceAll("\\n +", " ").lines().forEach(line -> {
                Matcher parts = LINE.matcher(line);
                assertThat(parts.matches()).as("a line of the picture: %s", line).isTrue();
                List<String> used = parts.group(2).isBlank()
                        ? List.of()
                        : List.of(parts.group(2).strip().split(", +")).stream().map(PackagePicture::full).toList();
                assertThat(uses.put(full(parts.group(1)), used)).as("the second line of %s", parts.group(1)).isNull();
            });
        }
        return new PackagePicture(uses);
    }

    private static String text(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String full(String name) {
        return "dev.lastcall." + (FULL.matcher(name).matches() ? "" : "agent.") + name;
    }

    /** One package uses another. */
    static String arrow(String from, String to) {
        return from + " -> " + to;
    }

    /** In the picture's order. */
    Set<String> packages() {
        return uses.keySet();
    }

    Set<String> arrows() {
        Set<String> arrows = new LinkedHashSet<>();
        uses.forEach((from, all) -> all.forEach(to -> arrows.add(arrow(from, to))));
        return arrows;
    }

    /** The arrows to a line above, or to none. */
    Set<String> arrowsUp() {
        Set<String> up = new LinkedHashSet<>();
        Set<String> above = new LinkedHashSet<>();
        uses.forEach((from, all) -> {
            above.add(from);
            all.stream()
                    .filter(to -> above.contains(to) || !uses.containsKey(to))
                    .forEach(to -> up.add(arrow(from, to)));
        });
        return up;
    }
}
