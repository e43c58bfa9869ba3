// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Every link between the pages leads somewhere, and the README leads to every page. */
class PageLinksTest {

    private static final int MOST_README_LINES = 100;

    /** The target of a link or picture that is no address of the web. */
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#\\s]*)(#[^)\\s]*)?\\)");

    @Test
    void everyLinkLeadsToAFileAndAHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            for (MatchResult link : links(page)) {
                Path target = target(page, link);
                String heading = link.group(2);
                if (!Files.exists(target) || (heading != null && !headings(target).contains(heading))) {
                    broken.add(Checkout.ROOT.relativize(page) + ": " + link.group());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void theReadmeLeadsToEveryPage() throws IOException {
        Set<Path> reached = new TreeSet<>();
        Deque<Path> next = new ArrayDeque<>(List.of(Checkout.ROOT.resolve("README.md")));
        while (!next.isEmpty()) {
            Path page = next.pop();
            if (reached.add(page) && page.toString().endsWith(".md")) {
                links(page).stream().map(link -> target(page, link)).filter(Files::isRegularFile).forEach(next::add);
            }
        }
        assertThat(reached).containsAll(pages());
    }

    @Test
    void theReadmeIsShort() throws IOException {
        assertThat(Files.readAllLines(Checkout.ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(MOST_README_LINES);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String name : List.of("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "proof/README.md")) {
            pages.add(Checkout.ROOT.resolve(name));
        }
        pages.addAll(Checkout.docs());
        return pages;
    }

    private static List<MatchResult> links(Path page) throws IOException {
        return LINK.matcher(Files.readString(page)).results().toList();
    }

    private static Path target(Path page, MatchResult link) {
        return link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize();
    }

    /** As the hosts of repositories make anchors of them. */
    private static List<String> headings(Path page) throws IOException {
        return Files.readAllLines(page)
                .stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                .map(title -> "#" + title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }
}
