// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.files.AuthoredText;
import dev.lastcall.agent.files.FileAuthor;
import dev.lastcall.agent.server.Stopper;

/**
 * Stops one process, by its id or by its pid file. Thread-safe; its verbs do not block.
 *
 * <p>The process is the one that had the id when it was first looked up. With a pid file the file is followed until the
 * server is asked to stop; a file that is not there proves nothing before that, since its path may be mistyped.
 *
 * <p>A pid file is believed as systemd believes one: where only root or the agent's user can have written it, or where the
 * process that it names belongs to the file's owner. To any other nothing is sent, and its server counts as running.
 */
final class ProcessStopper implements Stopper {

    /** More than the digits of any process id. */
    private static final int MAX_PID_FILE_BYTES = 64;

    /** The start time of a process that a pid file names and that does not exist. */
    private static final long NEVER_STARTED = -1;

    /** The process id of a pid file that holds no number. */
    private static final long NO_PID = -1;

    private static final Look ABSENT = new Look.Absent();

    private final ProcessTable table;
    private final PidSource source;
    private final String missing;
    private Optional<ProcessTable.Identity> known = Optional.empty(); // guarded by this
    private Look named = ABSENT; // guarded by this
    private Optional<String> doubt = Optional.empty(); // guarded by this
    private final ProcessFamily family; // guarded by this
    private boolean settled; // guarded by this; which process it is does not change any more

    private ProcessStopper(ProcessTable table, PidSource source, String missing) {
        this.missing = missing;
        this.table = table;
        this.source = source;
        this.family = new ProcessFamily(table);
    }

    static ProcessStopper ofPid(long pid, ProcessTable table) {
        var stopper = new ProcessStopper(table, () -> ABSENT,
                "there is no process " + pid + ", or it is another one by now: correct stop.pid");
        stopper.known = table.find(pid);
        // A process that has this id later is another one.
        stopper.settled = true;
        return stopper;
    }

    static ProcessStopper ofPidFile(Path file, ProcessTable table) {
        return new ProcessStopper(table, () -> read(file, table), "the pid file " + file
                + " is not there or names no process: correct stop.pidFile, or see that the server writes it");
    }

    @Override
    public synchronized Outcome terminate(Duration bound) {
        return signal(false);
    }

    @Override
    public synchronized Outcome kill(Duration bound) {
        return signal(true);
    }

    private Outcome signal(boolean kill) {
        lookUp();
        if (isDoubtful()) {
            return new Outcome.Failed(doubt.orElseThrow());
        }
        settled = true;
        known.ifPresent(family::note);
        Outcome children = kill ? family.kill() : Outcome.DONE;
        return known.map(process -> table.signal(process, kill))
                .map(main -> main instanceof Outcome.Failed ? main : children)
                .orElseGet(() -> new Outcome.Failed(
                        "there is no process to stop, and there was none since the agent's start: "
                                + "correct stop.pid or stop.pidFile, or see that the server writes the file"));
    }

    @Override
    public synchronized boolean isGone() {
        lookUp();
        if (settled) {
            known.ifPresent(family::noteLater);
        }
        return !isDoubtful() && known.map(process -> !table.isAlive(process)).orElse(settled)
                && family.alive().isEmpty();
    }

    @Override
    public synchronized Optional<String> remains() {
        return known.filter(process -> !table.isAlive(process)).flatMap(process -> family.outlived(process.pid()));
    }

    /** Whether the file names another process than the one that it was believed about, and is not believed about that. */
    private boolean isDoubtful() {
        return doubt.isPresent() && known.filter(table::isAlive).isEmpty();
    }

    @Override
    public synchronized boolean isRunning() {
        lookUp();
        return known.filter(table::isAlive).isPresent();
    }

    @Override
    public synchronized List<String> commandLine() {
        lookUp();
        return known.map(table::commandLine).orElse(List.of());
    }

    @Override
    public synchronized Optional<String> obstacle() {
        lookUp();
        if (doubt.isPresent()) {
            return doubt;
        }
        if (known.filter(table::isAlive).isEmpty()) {
            return Optional.of(missing);
        }
        return known.filter(process -> !table.maySignal(process))
                .map(process -> "no right to signal process " + process.pid()
                        + ": run the agent as root, as the server's user or with CAP_KILL");
    }

    private void lookUp() {
        if (settled) {
            return;
        }
        switch (source.look()) {
            case Look.Absent _ -> doubt = Optional.empty();
            case Look.Doubted(String reason) -> doubt = Optional.of(reason);
            case Look.Named now -> {
                doubt = Optional.empty();
                if (!now.equals(named)) {
                    named = now;
                    known = table.find(now.pid())
                            .or(() -> Optional.of(new ProcessTable.Identity(now.pid(), NEVER_STARTED)));
                }
            }
        }
    }

    private static Look read(Path file, ProcessTable table) {
        AuthoredText read;
        try {
            read = AuthoredText.read(file, MAX_PID_FILE_BYTES, table.processPermissions().user());
        } catch (NoSuchFileException none) {
            return ABSENT;
        } catch (IOException unreadable) {
            return new Look.Doubted("cannot read the pid file " + file + ": " + unreadable);
        }
        long pid;
        try {
            pid = Long.parseLong(read.text().lines().findFirst().orElse("").strip());
        } catch (NumberFormatException garbage) {
            pid = NO_PID;
        }
        return switch (read.author()) {
            case FileAuthor.Trusted _ -> named(pid, read);
            case FileAuthor.User(long id) -> pid == NO_PID || table.find(pid).isEmpty() || table.belongsTo(pid, id)
                    ? named(pid, read)
                    : new Look.Doubted("the pid file " + file + " is of user " + id + " and names process " + pid
                            + ", which is not that user's: nothing is sent to it. Have root write the file, or name the"
                            + " server's unit in stop.systemd");
            case FileAuthor.Unknown(String reason) -> new Look.Doubted("the pid file " + file + " is not believed: "
                    + reason + ". Put it in a directory that only root or the server's user may write");
        };
    }

    private static Look named(long pid, AuthoredText read) {
        return pid == NO_PID ? ABSENT : new Look.Named(pid, read.modified());
    }

    private interface PidSource {
        Look look();
    }

    /** What a look for the process gave. */
    private sealed interface Look {
        /** Nothing names it. */
        record Absent() implements Look {}

        /** What a pid file says, and since when: the same number written later is another process. */
        record Named(long pid, FileTime written) implements Look {}

        /** A pid file is there, and is not to be believed. */
        record Doubted(String reason) implements Look {}
    }
}
