// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.server.Stopper.Outcome;
import dev.lastcall.agent.server.stop.ProcessTable.Identity;

/**
 * The descendants of a server's main process: noted while it lives, because afterwards nothing shows whose they were. Some
 * servers end only their main process at SIGTERM, and the rest go on to hold the port and the accelerator's memory. Not
 * thread-safe.
 */
final class ProcessFamily {

    /** More than any server has; whatever comes after is not noted. */
    static final int MAX_NOTED = 4096;

    /** Between two looks for children that were started since. */
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);

    private static final int MAX_NAMED = 5;

    private final ProcessTable table;
    private final Set<Identity> noted = new LinkedHashSet<>();
    private long looked = System.nanoTime() - LOOK_INTERVAL.toNanos();

    ProcessFamily(ProcessTable table) {
        this.table = table;
    }

    /** Notes who descends from the process now. */
    void note(Identity main) {
        looked = System.nanoTime();
        table.descendants(main).stream().limit(Math.max(0, MAX_NOTED - noted.size())).forEach(noted::add);
    }

    /** As {@link #note}, unless that was done a moment ago; the noted ones' own children too. */
    void noteLater(Identity main) {
        if (System.nanoTime() - looked >= LOOK_INTERVAL.toNanos()) {
            note(main);
            alive().forEach(this::note);
        }
    }

    /** Those that still run. */
    List<Identity> alive() {
        return noted.stream().filter(table::isAlive).toList();
    }

    /** Kills those that still run; each is known by its start time, so that no other is taken for it. */
    Outcome kill() {
        Outcome outcome = Outcome.DONE;
        for (Identity process : alive()) {
            Outcome one = table.signal(process, true);
            outcome = one instanceof Outcome.Failed ? one : outcome;
        }
        return outcome;
    }

    /** That they outlived the main process, in a sentence; empty where none did. */
    Optional<String> outlived(long main) {
        List<Identity> alive = alive();
        if (alive.isEmpty()) {
            return Optional.empty();
        }
        String named = String.join(", ", alive.stream().limit(MAX_NAMED).map(this::named).toList());
        return Optional.of((alive.size() == 1 ? "1 process" : alive.size() + " processes") + " outlived process " + main
                + ": " + named + (alive.size() > MAX_NAMED ? " and " + (alive.size() - MAX_NAMED) + " more" : ""));
    }

    private String named(Identity process) {
        return process.pid() + " (" + table.name(process) + ")";
    }
}
