// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Validator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class ScheduleTest {

    private static final int PART = 4096;
    private static final int PARTS = 64;

    @TempDir
    Path folder;

    private final List<PartialFile> opened = new ArrayList<>();
    private final Schedule schedule = new Schedule(6, 8);

    @AfterEach
    void closeAll() throws IOException {
        for (PartialFile partial : opened) {
            partial.close();
        }
    }

    @Test
    void workersSpreadOverTheFirstFewFiles() throws Exception {
        add("a", "b", "c", "d", "e", "f");
        schedule.share(8);

        assertThat(taken(8)).containsExactly("a", "b", "c", "d", "a", "b", "c", "d");
    }

    @Test
    void oneWorkerReadsFileByFile() throws Exception {
        add("a", "b");
        schedule.share(1);
        List<String> order = new ArrayList<>();

        for (int part = 0; part < 2 * PARTS;) {
            Run run = schedule.take(0).orElseThrow();
            order.add(run.file.path());
            while (schedule.begin(run).isPresent()) {
                part++;
            }
            schedule.leave(run, OptionalInt.empty());
        }

        assertThat(order).isSorted().contains("a", "b");
    }

    @Test
    void aFileThatIsOneStreamHasOneWorker() throws Exception {
        add(false, "a");
        add("b");
        schedule.share(3);

        assertThat(taken(3)).containsExactly("a", "b", "b");
    }

    @Test
    void itIsCrowdedUntilThoseTooManyHaveLeft() throws Exception {
        add("a", "b");
        schedule.share(3);
        List<Run> runs = List.of(schedule.take(0).orElseThrow(), schedule.take(1).orElseThrow(),
                schedule.take(2).orElseThrow());
        assertThat(schedule.isCrowded()).isFalse();

        schedule.share(2);
        assertThat(schedule.isSpare(1)).isFalse();
        assertThat(schedule.isSpare(2)).isTrue();
        assertThat(schedule.isCrowded()).isTrue();

        schedule.leave(runs.get(2), OptionalInt.empty());
        assertThat(schedule.isCrowded()).isFalse();
    }

    private List<String> taken(int workers) throws InterruptedException {
        List<String> paths = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            paths.add(schedule.take(worker).orElseThrow().file.path());
        }
        return paths;
    }

    private void add(String... names) throws IOException {
        add(true, names);
    }

    private void add(boolean ranged, String... names) throws IOException {
        for (String name : names) {
            RemoteFile file = new RemoteFile(name, (long) PARTS * PART, new Validator.Tag("\"v1\""), List.of(), ranged,
                    name);
            PartialFile partial = PartialFile.open(folder.resolve(name), file, PART, "boot", WriteMode.CACHED);
            opened.add(partial);
            schedule.add(new FileFetch(folder.resolve(name), file, partial));
        }
    }
}
