// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.List;

import dev.lastcall.warmup.failure.StoreFamily;
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
    void unusualNamesThatDoNoHarmAreAllowed(String name) {
        assertThat(FileNames.fault(name)).isEmpty();
    }

    @Test
    void aComponentLongerThanAFileSystemTakesIsRefused() {
        assertThat(FileNames.fault("a/" + "x".repeat(255))).isEmpty();
        assertThat(FileNames.fault("a/" + "x".repeat(256))).contains("255");
        assertThat(FileNames.fault("ü".repeat(128))).contains("255");
    }

    @Test
    void oneNameThatCannotBeAFileDoesNotCostTheOthers() throws StoreException {
        FileNames.Sorted sorted = FileNames.sort(StoreFamily.S3, "s3://b/m",
                List.of("a", "../../etc/x", "b", "c", "c/d"));

        assertThat(sorted.usable()).containsExactly("a", "b", "c/d");
        assertThat(sorted.leftOut()).hasSize(2)
                .anyMatch(note -> note.contains("../../etc/x") && note.contains("climbs"))
                .anyMatch(note -> note.contains("\"c\"") && note.contains("also the folder"));
    }

    @Test
    void namesThatOnlySomeDisksTellApartAreKept() throws StoreException {
        List<String> names = List.of("Model.bin", "model.bin", "caf\u00e9", "cafe\u0301", "A", "a/b/c");

        assertThat(FileNames.sort(StoreFamily.S3, "s3://b/m", names).usable()).containsExactlyElementsOf(names);
        assertThat(FileNames.alike(names)).hasValueSatisfying(pair -> assertThat(pair).contains("Model.bin"));
        assertThat(FileNames.alike(List.of("a", "b", "a/b"))).isEmpty();
    }

    @Test
    void aModelWithoutAnyUsableNameIsRefused() {
        assertThatThrownBy(() -> FileNames.sort(StoreFamily.S3, "s3://b/m", List.of("../x", "a//b")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("s3://b/m")
                .hasMessageContaining("../x");
    }
}
