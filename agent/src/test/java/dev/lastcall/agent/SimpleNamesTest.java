// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A name means one thing in all modules: a reader who finds it in a log or a page finds one file. */
class SimpleNamesTest {

    @Test
    void noSimpleNameIsThereTwiceInMainCode() throws IOException {
        Map<String, List<Path>> files = Checkout.mainCode()
                .stream()
                .filter(file -> !file.endsWith("package-info.java"))
                .collect(Collectors.groupingBy(file -> file.getFileName().toString()));
        assertThat(files).hasSizeGreaterThan(500);
        assertThat(files.values()).filteredOn(places -> places.size() > 1).isEmpty();
    }
}
