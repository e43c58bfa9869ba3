// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class MarkersTest {

    @TempDir
    Path directory;

    @Test
    void theMarkerOfAModelThatLeftTheConfigurationGoesAndWhatOthersPutThereStays() throws IOException {
        Markers earlier = new Markers(directory);
        earlier.warm("gone", Path.of("/cache/gone"));
        earlier.warm("kept", Path.of("/cache/kept"));
        earlier.all(true);
        Files.writeString(directory.resolve("notes"), "mine\n");
        Files.writeString(directory.resolve("other"), "/cache/another\n");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("/cache/link"));

        new Markers(directory).removeAll(List.of("kept"));

        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("notes", "other", "link");
    }

    @Test
    void otherUsersCanReadThem() throws IOException {
        Path made = directory.resolve("run/warm");

        new Markers(made).warm("llama", Path.of("/cache/llama"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.resolve("llama"))))
                .isEqualTo("rw-r--r--");
        assertThat(made.toFile().list()).containsExactly("llama");
    }

    @Test
    void aModelThatIsNotWarmAnyMoreTakesTheMarkerOfAllWithIt() throws IOException {
        Markers markers = new Markers(directory);
        markers.warm("llama", Path.of("/cache/llama"));
        markers.warm("other", Path.of("/cache/other"));
        markers.all(true);

        markers.cold("llama");

        assertThat(directory.toFile().list()).containsExactly("other");
    }

    @Test
    void allFollowsWhatTheyAre() throws IOException {
        Markers markers = new Markers(directory);
        markers.all(true);
        assertThat(directory.resolve(Markers.ALL)).exists();

        markers.all(false);

        assertThat(directory.resolve(Markers.ALL)).doesNotExist();
    }
}
