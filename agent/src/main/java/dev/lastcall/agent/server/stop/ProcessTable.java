// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.lastcall.agent.files.ProcessUser;
import dev.lastcall.agent.server.Stopper;

/**
 * The processes of this node, as procfs shows them (proc_pid_stat(5)). Thread-safe.
 *
 * <p>Signals go through {@link ProcessHandle}, which checks the start time once more on its own.
 */
public final class ProcessTable {

    /** Of /proc/PID/stat the fields after the command's name, which is in brackets and may hold anything. */
    private static final int STATE = 0;

    private static final int START_TIME = 19;

    /** Longer command lines are not read. */
    private static final int MAX_COMMAND_LINE = 256 * 1024;

    private final Path proc;

    /** @param proc where procfs is mounted, {@code /proc} */
    public ProcessTable(Path proc) {
        this.proc = proc;
    }

    /**
     * One process, unmistakably.
     *
     * @param pid its id, which another process may have later
     * @param startTicks when it was started, in clock ticks since boot
     */
    public record Identity(long pid, long startTicks) {}

    /** The running process that has this id; empty where there is none, or only a zombie. */
    public Optional<Identity> find(long pid) {
        if (pid <= 1) {
            return Optional.empty();
        }
        String stat;
        try {
            stat = Files.readString(proc.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return Optional.empty();
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length <= START_TIME || isOver(fields[STATE], pid)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Identity(pid, Long.parseLong(fields[START_TIME])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether this very process still runs. */
    public boolean isAlive(Identity process) {
        return find(process.pid()).filter(process::equals).isPresent();
    }

    /** Those that descend from this very process; not the agent, if it does, and what the agent has started. */
    List<Identity> descendants(Identity process) {
        Optional<ProcessHandle> handle = isAlive(process) ? ProcessHandle.of(process.pid()) : Optional.empty();
        Set<Long> pids = handle.stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (pids.remove(ProcessHandle.current().pid())) {
            ProcessHandle.current().descendants().map(ProcessHandle::pid).forEach(pids::remove);
        }
        return pids.stream().flatMap(pid -> find(pid).stream()).toList();
    }

    /** The words it was started with; empty where they cannot be read, or are too many. */
    List<String> commandLine(Identity process) {
        try (InputStream in = Files.newInputStream(proc.resolve(Long.toString(process.pid())).resolve("cmdline"))) {
            byte[] words = in.readNBytes(MAX_COMMAND_LINE);
            return words.length == MAX_COMMAND_LINE || !isAlive(process)
                    ? List.of()
                    : List.of(new String(words, StandardCharsets.UTF_8).split("\0", -1));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Its program's name, for people. */
    String name(Identity process) {
        try {
            return Files.readString(proc.resolve(Long.toString(process.pid())).resolve("comm"), StandardCharsets.UTF_8)
                    .strip()
                    .replaceAll("\\p{Cntrl}", "?");
        } catch (IOException e) {
            return "gone";
        }
    }

    /** Who this process runs as. */
    ProcessPermissions processPermissions() {
        return ProcessPermissions.of(proc, "self");
    }

    /** Whether a process runs as this user and as no other; false where that cannot be known. */
    boolean belongsTo(long pid, long user) {
        return ProcessUser.of(proc, Long.toString(pid))
                .filter(who -> who.real() == user && who.effective() == user)
                .isPresent();
    }

    /** Whether this process may signal the other, as far as can be known without doing it. */
    boolean maySignal(Identity process) {
        return processPermissions().maySignal(ProcessPermissions.of(proc, Long.toString(process.pid())));
    }

    /**
     * Sends SIGTERM, or SIGKILL, to this very process and to no other of its group.
     *
     * @return done also where it is gone already
     */
    Stopper.Outcome signal(Identity process, boolean kill) {
        Optional<ProcessHandle> handle = ProcessHandle.of(process.pid());
        if (handle.isEmpty() || !isAlive(process)) {
            return Stopper.Outcome.DONE;
        }
        boolean sent = kill ? handle.get().destroyForcibly() : handle.get().destroy();
        if (sent || !isAlive(process)) {
            return Stopper.Outcome.DONE;
        }
        return new Stopper.Outcome.Failed((kill ? "SIGKILL" : "SIGTERM") + " to process " + process.pid()
                + " was refused: run the agent as root, as the server's user or with CAP_KILL");
    }

    /** A zombie has nothing left but its exit code, unless only its first thread has ended. */
    private boolean isOver(String state, long pid) {
        if (state.equals("X") || state.equals("x")) {
            return true;
        }
        return state.equals("Z") && threads(pid) <= 1;
    }

    private int threads(long pid) {
        int threads = 0;
        try (DirectoryStream<Path> tasks = Files
                .newDirectoryStream(proc.resolve(Long.toString(pid)).resolve("task"))) {
            for (Path _ : tasks) {
                threads++;
            }
        } catch (IOException | DirectoryIteratorException e) {
            return threads;
        }
        return threads;
    }
}
