// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares output with the file that was agreed on; {@code -Dlastcall.renew=true} writes the file again. */
public final class Golden {

    private static final Path FOLDER = Path.of("src/test/resources/golden");

    private Golden() {}

    /** Fails unless the file holds exactly this text. */
    public static void check(String name, String text) throws IOException {
        Path file = FOLDER.resolve(name);
        if (Boolean.getBoolean("lastcall.renew")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, text);
        }
        String agreed = Files.exists(file) ? Files.readString(file) : "";
        assertThat(text)
                .as("%s differs; if the change is meant, renew it: mvn -pl agent -am test -Dlastcall.renew=true", file)
                .isEqualTo(agreed);
    }
}
