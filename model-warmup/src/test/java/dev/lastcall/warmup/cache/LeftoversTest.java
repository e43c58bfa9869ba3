// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What killed processes leave behind has an owner that removes it. */
class LeftoversTest {

    @TempDir
    Path root;
    @TempDir
    Path elsewhere;

    private CacheLayout layout;

    @BeforeEach
    void begin() {
        layout = new CacheLayout(root);
    }

    private void sweepIn(Duration time) throws IOException {
        Instant later = Instant.now().plus(time);
        new Leftovers(layout, new Holders(layout, model -> false, Path.of("/proc"), FileLeases::ask),
                InstantSource.fixed(later)).sweep(List.of());
    }

    private static Path file(Path path) throws IOException {
        Files.createDirectories(path.resolveSibling("."));
        return Files.writeString(path, "bytes");
    }

    @Test
    void halfMadeNamesGoAfterAnHourAndWhatWasDamagedAfterAWeek() throws IOException {
        Path halfMade = file(layout.scratch().resolve("0d9f"));
        Path damaged = file(layout.quarantine().resolve("a.bin.0d9f"));

        sweepIn(Duration.ofMinutes(59));
        assertThat(halfMade).exists();
        sweepIn(Duration.ofMinutes(61));
        assertThat(halfMade).doesNotExist();
        assertThat(damaged).exists();
        sweepIn(Duration.ofDays(8));

        assertThat(damaged).doesNotExist();
    }

    @Test
    void treesAndBytesOfModelsWithoutARecordGo() throws IOException {
        file(layout.trees().resolve("gone@1/a.bin"));
        file(layout.partials("gone").resolve("owner/a.part"));
        file(layout.trees().resolve("shown@1/a.bin"));
        Files.createSymbolicLink(layout.link("shown"), Path.of(".lastcall/trees/shown@1"));

        sweepIn(Duration.ZERO);

        assertThat(layout.trees().resolve("gone@1")).doesNotExist();
        assertThat(layout.partials("gone")).doesNotExist();
        assertThat(layout.link("shown").resolve("a.bin")).as("what a process can find may be in use").exists();
    }

    @Test
    void whatAProcessWorksOnStays() throws Exception {
        Path partial = file(layout.partials("busy").resolve("owner/a.part"));
        Path tree = file(layout.trees().resolve("busy@1/a.bin"));

        try (Lease held = Lease.acquire(layout.lease("busy"), Links.HARD)) {
            sweepIn(Duration.ofDays(8));
            assertThat(held.isHeld()).isTrue();
        }

        assertThat(partial).exists();
        assertThat(tree).exists();
    }

    @Test
    void plantedLinksAreNotFollowed() throws IOException {
        Path foreign = file(elsewhere.resolve("gone@1/a.bin"));
        Files.createDirectories(layout.state());
        for (Path planted : List.of(layout.trees(), layout.scratch(), layout.quarantine(),
                layout.state().resolve("partial"))) {
            Files.createSymbolicLink(planted, elsewhere);
        }

        sweepIn(Duration.ofDays(8));

        assertThat(foreign).exists();
    }

    @Test
    void aLinkInQuarantineGoesAndWhatItLeadsToStays() throws IOException {
        Path foreign = file(elsewhere.resolve("a.bin"));
        Files.createDirectories(layout.quarantine());
        Path link = Files.createSymbolicLink(layout.quarantine().resolve("x"), elsewhere);

        sweepIn(Duration.ofDays(8));

        assertThat(link).doesNotExist();
        assertThat(foreign).exists();
    }
}
