// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.lastcall.agent.drain.DrainRecord;
import dev.lastcall.agent.drain.DrainStore;
import dev.lastcall.agent.status.view.StatusView.DrainSteps;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import org.jspecify.annotations.Nullable;

/** The records of past drains as people and programs get them. Stateless. */
public final class RecordedDrains {

    private RecordedDrains() {}

    /**
     * Those that are kept in a state directory, newest first. Needs no agent.
     *
     * @throws IOException if they are there and cannot be read
     */
    public static List<DrainView> read(Path stateDirectory) throws IOException {
        return DrainStore.records(stateDirectory).reversed().stream().map(RecordedDrains::view).toList();
    }

    static DrainView view(DrainRecord drained) {
        Instant seen = drained.detectedAt();
        return new DrainView(drained.server(), drained.kind(), seen, drained.notice().toString(),
                drained.description(), drained.outcome(), Duration.ofMillis(drained.timeLeftMillis()),
                Duration.between(seen, drained.stoppedAt()), drained.inFlightAtNotice(), drained.admitted(),
                drained.completed(), drained.refused(), drained.cut(), drained.lost(),
                Duration.ofMillis(drained.unusedMillis()),
                new DrainSteps(since(seen, drained.announcedAt()), since(seen, drained.closedAt()),
                        since(seen, drained.idleAt()), since(seen, drained.cutAt()), since(seen, drained.stopSentAt())),
                drained.killed(), drained.dryRun(), drained.problems());
    }

    private static @Nullable Duration since(Instant seen, @Nullable Instant at) {
        return at == null ? null : Duration.between(seen, at);
    }
}
