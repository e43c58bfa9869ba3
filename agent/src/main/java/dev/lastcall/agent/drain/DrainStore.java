// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Reclamation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the drains leave on disk: the state file and the file of records. Thread-safe. Everything is written on one
 * thread of its own, the newest state only, so that a disk that is full, read-only or hung costs a log line and nothing
 * else.
 */
public final class DrainStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DrainStore.class);

    /** Longest wait for the disk when the agent ends. */
    private static final long CLOSE_SECONDS = 2;

    private final StateFile stateFile;
    private final RecordFile recordFile;
    private final Optional<BootClock> bootClock;
    private final ExecutorService writer = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("drain-ledger").factory());
    private final AtomicBoolean saving = new AtomicBoolean();
    private boolean failing;

    private DrainStore(StateFile stateFile, RecordFile recordFile, Optional<BootClock> bootClock) {
        this.stateFile = stateFile;
        this.recordFile = recordFile;
        this.bootClock = bootClock;
    }

    /**
     * Opens the ledger; touches the disk for reading only. Without procfs no state is kept, which is logged.
     *
     * @param directory the agent's state directory
     * @param proc where procfs is mounted, {@code /proc}
     */
    public static DrainStore open(Path directory, Path proc, NodeClock clock) {
        Optional<BootClock> bootClock;
        try {
            bootClock = Optional.of(BootClock.read(proc, clock));
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log("a drain will not survive a restart of the agent: the kernel's boot clock cannot be read");
            bootClock = Optional.empty();
        }
        return new DrainStore(new StateFile(directory), new RecordFile(directory), bootClock);
    }

    /**
     * The records of past drains, oldest first, as far as they are kept.
     *
     * @param directory the agent's state directory
     * @throws IOException if they are there and cannot be read
     */
    public static List<DrainRecord> records(Path directory) throws IOException {
        return new RecordFile(directory).read();
    }

    /** Does what a notice will ask of the ledger, short of the disk. */
    void rehearse(Reclamation reclamation, DrainState.Scheduled state) {
        bootClock.ifPresent(boot -> stateFile.rehearse(
                SavedState.of(reclamation, List.of(SavedDrain.of("rehearsal", state, boot)), boot)));
    }

    Optional<BootClock> bootClock() {
        return bootClock;
    }

    /** The drain that an earlier process of this boot was in; empty where there was none. Reads the disk. */
    Optional<SavedState> load() {
        if (bootClock.isEmpty()) {
            return Optional.empty();
        }
        return switch (stateFile.load(bootClock.get().bootId())) {
            case StateFile.Loaded.None _ -> Optional.empty();
            case StateFile.Loaded.Found(SavedState state) -> Optional.of(state);
            case StateFile.Loaded.Discarded(String reason) -> {
                log.atWarn().addKeyValue("reason", reason).log("state file discarded; starting with the door open");
                yield Optional.empty();
            }
        };
    }

    /**
     * Has the newest state written. {@code newest} is asked on the writing thread, once for all calls that came
     * meanwhile; empty means that no drain is on.
     */
    void save(Supplier<Optional<SavedState>> newest) {
        if (saving.compareAndSet(false, true)) {
            submit(() -> {
                saving.set(false);
                Optional<SavedState> state = newest.get();
                if (state.isPresent()) {
                    stateFile.save(state.get());
                } else {
                    stateFile.clear();
                }
            });
        }
    }

    void append(DrainRecord drained) {
        submit(() -> recordFile.append(drained));
    }

    private void submit(Writing writing) {
        try {
            writer.execute(() -> write(writing));
        } catch (RejectedExecutionException e) {
            log.atDebug().log("the ledger is closed");
        }
    }

    private void write(Writing writing) {
        try {
            writing.run();
            failing = false;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                log.atError()
                        .addKeyValue("reason", e.toString())
                        .log(
                                "cannot write to the state directory; the drain goes on, but would not survive a restart of the agent");
            }
            failing = true;
        }
    }

    /** Writes what is left, for at most two seconds. Idempotent. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.atWarn()
                        .addKeyValue("waitedSeconds", CLOSE_SECONDS)
                        .log("the state directory's disk hangs; leaving it");
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private interface Writing {
        void run() throws IOException;
    }
}
