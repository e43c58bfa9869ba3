// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Reclamation;
import org.jspecify.annotations.Nullable;

/** What is noted down while a drain goes on, for its record. Not thread-safe: the drain's lock guards it. */
final class DrainAccount {

    /** A drain in which everything fails in its own way must not grow without limit. */
    private static final int MAX_PROBLEMS = 16;

    private final InferenceServer server;
    private final boolean dryRun;
    private final Reclamation reclamation;
    private final RequestCounter.Totals atNotice;
    private final Set<String> problems = new LinkedHashSet<>();
    private @Nullable Integer inFlightAtNotice;
    private boolean cutTried;
    private int cut = Cutter.UNKNOWN;
    private @Nullable Instant announcedAt;
    private @Nullable Instant closedAt;
    private @Nullable Instant idleAt;
    private @Nullable Instant cutAt;
    private @Nullable Instant stopSentAt;
    private boolean killed;

    DrainAccount(InferenceServer server, boolean dryRun, Reclamation reclamation) {
        this.server = server;
        this.dryRun = dryRun;
        this.reclamation = reclamation;
        this.atNotice = totals(server);
    }

    /** A counter that fails costs a figure in the record, never the drain. */
    static RequestCounter.Totals totals(InferenceServer server) {
        try {
            return server.counter().totals();
        } catch (RuntimeException e) {
            return RequestCounter.Totals.UNKNOWN;
        }
    }

    Reclamation reclamation() {
        return reclamation;
    }

    void read(InFlight reading, Instant at) {
        switch (reading) {
            case InFlight.Exact(int count) -> counted(count, at);
            case InFlight.Gauged gauged -> counted(gauged.count(), at);
            case InFlight.Unclear(String reason) -> problem("in flight could not be read: " + reason);
            case InFlight.Unobservable(String reason) -> problem("in flight cannot be observed: " + reason);
        }
    }

    private void counted(int count, Instant at) {
        if (inFlightAtNotice == null) {
            inFlightAtNotice = count;
        }
        if (count > 0) {
            idleAt = null;
        } else if (idleAt == null) {
            idleAt = at;
        }
    }

    void announced(Instant at) {
        if (announcedAt == null) {
            announcedAt = at;
        }
    }

    void doorClosed(Instant at) {
        if (closedAt == null) {
            closedAt = at;
        }
    }

    void cutBegun(Instant at) {
        cutTried = true;
        cutAt = at;
    }

    void cutDone(int count) {
        cut = count;
    }

    void stopSent(Instant at) {
        stopSentAt = at;
    }

    void killed() {
        killed = true;
    }

    void problem(String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(what);
        }
    }

    DrainRecord close(DrainOutcome outcome, DrainSchedule schedule, NodeClock clock) {
        RequestCounter.Totals since = totals(server).since(atNotice);
        return new DrainRecord(server.name(), server.kind().label(), reclamation.notice().key(),
                reclamation.notice().description(), reclamation.detectedAt(), reclamation.window().toMillis(),
                inFlightAtNotice, known(since.admitted()), known(since.completed()), known(since.refused()),
                cutCount(since), known(since.lost()), announcedAt, closedAt, idleAt, cutAt,
                stopSentAt, clock.wallTime(),
                (schedule.deadline().nanoTime() - clock.nanoTime()) / 1_000_000, outcome.label(), killed, dryRun,
                since.isKnown() ? since.late() : null, List.copyOf(problems));
    }

    private @Nullable Long cutCount(RequestCounter.Totals since) {
        if (since.isKnown()) {
            return since.cut();
        }
        if (!cutTried) {
            return 0L;
        }
        return cut == Cutter.UNKNOWN ? null : (long) cut;
    }

    private static @Nullable Long known(long count) {
        return count == RequestCounter.Totals.UNKNOWN_COUNT ? null : count;
    }
}
