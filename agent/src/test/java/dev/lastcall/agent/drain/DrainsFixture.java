// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Drains of servers in memory, with a state directory and a kernel whose time runs as fast as theirs. */
abstract class DrainsFixture {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    final FastClock clock = new FastClock(20);
    private final List<Drains> opened = new CopyOnWriteArrayList<>();

    Drains drains(boolean dryRun, InferenceServer... servers) {
        return drains(settings(true, dryRun), servers);
    }

    static DrainSettings settings(boolean reopen, boolean dryRun) {
        return new DrainSettings(DrainPolicy.DEFAULT, Duration.ZERO, reopen, dryRun, List.of());
    }

    Drains drains(DrainSettings settings, InferenceServer... servers) {
        var drains = new Drains(Arrays.asList(servers), settings, clock,
                DrainStore.open(directory.resolve("state"), proc(), clock));
        opened.add(drains);
        return drains;
    }

    /** A kernel whose time runs as fast as the test's. */
    private Path proc() {
        try {
            Path random = Files.createDirectories(directory.resolve("proc/sys/kernel/random"));
            Files.writeString(random.resolve("boot_id"), "0f6ab1f0-1111-2222-3333-444444444444\n");
            Files.writeString(directory.resolve("proc/uptime"), String.format(Locale.ROOT, "%.2f 0.00\n",
                    Duration.between(clock.origin(), clock.wallTime()).toMillis() / 1000.0));
            return directory.resolve("proc");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        opened.forEach(Drains::close);
    }

    Reclamation reclamation(Duration window) {
        Deadline deadline = Deadline.in(window, clock);
        var notice = new Notice(NoticeKey.of("aws-spot", NoticeKind.SPOT_INTERRUPTION), Finality.FINAL, deadline,
                "terminate");
        return new Reclamation(notice, deadline, clock.wallTime(), clock.nanoTime());
    }

    static Phase phase(Drains drains, int index) {
        return drains.snapshots().get(index).phase();
    }
}
