// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FileNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/x", "a/../../b", "/etc/passwd", "C:\\x", "C:/x", "a\u0000b", "..", ".", "a/./b",
        "a//b", "a/",
        "a\\b", "a\nb", "", ".lastcall/manifests/x"})
    void namesThatClimbOrCannotBeAreRefused(String name) {
        assertThat(FileNames.fault(name)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "..a", "a b+c%d", "grüße/日本/🦙.bin", "original/params.json", ".gitattributes"})
    void unusualNamesThatHarmNobodyAreAllowed(String name) {
        assertThat(FileNames.fault(name)).isEmpty();
    }

    @Test
    void aComponentLongerThanAFileSystemTakesIsRefused() {
        assertThat(FileNames.fault("a/" + "x".repeat(255))).isEmpty();
        assertThat(FileNames.fault("a/" + "x".repeat(256))).contains("255");
        assertThat(FileNames.fault("ü".repeat(128))).contains("255");
    }

    @Test
    void namesThatCollideAreRefused() {
        refuses("only by case", "Model.bin", "model.bin");
        refuses("only by case", "caf\u00e9", "cafe\u0301");
        refuses("also the folder", "a", "a/b");
        refuses("also the folder", "A", "a/b/c");
    }

    private static void refuses(String why, String... names) {
        assertThatThrownBy(() -> FileNames.check("s3://b/m", List.of(names))).isInstanceOf(StoreException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("s3://b/m")
                .hasMessageContaining("exclude");
    }
}
