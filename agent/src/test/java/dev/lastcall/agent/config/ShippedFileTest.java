// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The file that the deb installs is good as it is, and shows every key by an example that is good too. */
class ShippedFileTest {

    static final Path SHIPPED = Path.of("../packaging/deb/lastcall.yaml");

    /** A "#" and then a key or an element, indented by a multiple of two; prose has one blank after it. */
    private static final Pattern EXAMPLE = Pattern.compile("(?m)^#(?=(?:  )*(?:- )?[a-zA-Z0-9]+:)");

    @Test
    void asItIsItSetsNothing() {
        assertThat(read(SHIPPED).settings()).noneMatch(Setting::isSet);
    }

    @Test
    void itsExamplesAreGoodAndShowEveryKey(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("lastcall.yaml");
        Files.writeString(file, examples());

        Set<String> shown = read(file).settings()
                .stream()
                .filter(Setting::isSet)
                .map(setting -> setting.key().replaceAll("\\[\\d+]", "[]"))
                .collect(Collectors.toCollection(TreeSet::new));

        // A secret is given by its key or by a file, not by both: the file's key is named in the text.
        String text = Files.readString(SHIPPED);
        Predicate<String> isNamed = key -> key.endsWith("File") && shown.contains(key.substring(0, key.length() - 4))
                && text.contains(key.substring(key.lastIndexOf('.') + 1) + ":");
        assertThat(shown).as("keys that packaging/deb/lastcall.yaml shows")
                .containsAll(ConfigReader.describe().stream().map(Setting::key).filter(isNamed.negate()).toList());
    }

    /** The shipped file with its examples taken as configuration. */
    static String examples() throws IOException {
        return EXAMPLE.matcher(Files.readString(SHIPPED)).replaceAll("");
    }

    private static ConfigResult.Valid read(Path file) {
        ConfigResult result = ConfigReader.read(new ConfigInputs(file, true, Map.of(), List.of()));
        assertThat(result).isInstanceOf(ConfigResult.Valid.class);
        return (ConfigResult.Valid) result;
    }
}
