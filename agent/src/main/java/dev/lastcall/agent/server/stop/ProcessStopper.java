// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;

import dev.lastcall.agent.server.Stopper;

/**
 * Stops one process, by its id or by its pid file. Thread-safe; its verbs do not block.
 *
 * <p>The process is the one that had the id when it was first looked up. With a pid file the file's word holds until the
 * server is told to stop; a file that is not there proves nothing before that, since its path may be mistyped.
 */
final class ProcessStopper implements Stopper {

    /** More than the digits of any process id. */
    private static final int MAX_PID_FILE_BYTES = 64;

    /** Stands for a process that a pid file names and that is not there. */
    private static final long NEVER_STARTED = -1;

    private final ProcessTable table;
    private final PidSource source;
    private Optional<ProcessTable.Identity> known = Optional.empty(); // guarded by this
    private Optional<Named> named = Optional.empty(); // guarded by this
    private boolean told; // guarded by this

    private ProcessStopper(ProcessTable table, PidSource source) {
        this.table = table;
        this.source = source;
    }

    static ProcessStopper ofPid(long pid, ProcessTable table) {
        var stopper = new ProcessStopper(table, Optional::empty);
        stopper.known = table.find(pid);
        // Whoever has this id later is somebody else.
        stopper.told = true;
        return stopper;
    }

    static ProcessStopper ofPidFile(Path file, ProcessTable table) {
        return new ProcessStopper(table, () -> read(file));
    }

    @Override
    public synchronized Outcome terminate(Duration bound) {
        lookUp();
        told = true;
        return known.map(process -> table.signal(process, false)).orElse(Outcome.DONE);
    }

    @Override
    public synchronized Outcome kill(Duration bound) {
        lookUp();
        told = true;
        return known.map(process -> table.signal(process, true)).orElse(Outcome.DONE);
    }

    @Override
    public synchronized boolean isGone() {
        lookUp();
        return known.map(process -> !table.isAlive(process)).orElse(told);
    }

    @Override
    public synchronized boolean isRunning() {
        lookUp();
        return known.filter(table::isAlive).isPresent();
    }

    @Override
    public synchronized Optional<String> obstacle() {
        lookUp();
        return known.filter(process -> table.isAlive(process) && !table.maySignal(process))
                .map(process -> "no right to signal process " + process.pid()
                        + ": run the agent as root, as the server's user or with CAP_KILL");
    }

    private void lookUp() {
        if (told) {
            return;
        }
        Optional<Named> now = source.look();
        if (now.isPresent() && !now.equals(named)) {
            named = now;
            long pid = now.get().pid();
            known = table.find(pid).or(() -> Optional.of(new ProcessTable.Identity(pid, NEVER_STARTED)));
        }
    }

    private static Optional<Named> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            FileTime written = Files.getLastModifiedTime(file);
            String text = new String(in.readNBytes(MAX_PID_FILE_BYTES), StandardCharsets.US_ASCII).strip();
            return Optional.of(new Named(Long.parseLong(text.lines().findFirst().orElse("").strip()), written));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** What a pid file says, and since when: the same number written anew is another process. */
    private record Named(long pid, FileTime written) {}

    private interface PidSource {
        Optional<Named> look();
    }
}
