// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.warmup.cache.Asked;
import dev.lastcall.warmup.cache.CacheException;
import dev.lastcall.warmup.cache.Manifest;
import dev.lastcall.warmup.cache.ModelFolder;
import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.Fetch;
import dev.lastcall.warmup.fetch.FetchException;
import dev.lastcall.warmup.fetch.FetchProgress;
import dev.lastcall.warmup.fetch.FetchTask;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.verify.ModelStructure;
import org.jspecify.annotations.Nullable;

/**
 * Makes one model warm: lists it, fetches what is not there, verifies, publishes, and says so in the manifest. Used once.
 * {@link #run()} blocks its thread; the other methods may be called from any.
 */
public final class Warmup {

    private final Store store;
    private final Destination destination;
    private final WarmupRequest request;
    private final Bandwidth bandwidth;
    private final FetchTurn turn;
    private final AtomicReference<WarmupProgress.Phase> phase = new AtomicReference<>(WarmupProgress.Phase.WAITING);
    private volatile @Nullable Fetch fetch;
    private Effort effort = Effort.NONE;
    private final Object interruption = new Object();
    private @Nullable Thread runner; // guarded by interruption
    private volatile int files;
    private volatile long bytes;
    private volatile long reusedBytes;
    private volatile int reusedFiles;
    private volatile long keptBytes;
    private volatile boolean isCancelled;

    /**
     * Touches nothing yet.
     *
     * @param store stays open when this is done
     * @param bandwidth may be shared with other warm-ups, and changed at any time
     */
    public Warmup(Store store, Destination destination, WarmupRequest request, Bandwidth bandwidth) {
        this(store, destination, request, bandwidth, FetchTurn.FREE);
    }

    /**
     * The same where models take turns.
     *
     * @param turn is waited for before the first byte is fetched
     */
    public Warmup(Store store, Destination destination, WarmupRequest request, Bandwidth bandwidth, FetchTurn turn) {
        this.turn = turn;
        this.store = store;
        this.destination = destination;
        this.request = request;
        this.bandwidth = bandwidth;
    }

    /**
     * Makes it warm.
     *
     * @throws WarmupException if it could not be; what was fetched is kept for the next attempt
     * @throws InterruptedException if the calling thread is interrupted; the same is kept
     */
    public WarmupReport run() throws WarmupException, InterruptedException {
        return guarded(this::warm);
    }

    /**
     * Makes it warm as it is, without a question to the store: where a version is there, whole, that came of the same
     * question. Whether it is the store's newest is unknown then.
     *
     * @return empty where there is none
     * @throws WarmupException if the disk cannot be used
     */
    public Optional<WarmupReport> runStanding() throws WarmupException, InterruptedException {
        return guarded(() -> standing(Asked.of(store, request.selection()), "its store has not been asked yet",
                System.nanoTime()));
    }

    private interface Work<T> {
        T run() throws StoreException, FetchException, CacheException, IOException, WarmupException,
                InterruptedException;
    }

    private <T> T guarded(Work<T> work) throws WarmupException, InterruptedException {
        synchronized (interruption) {
            runner = Thread.currentThread();
        }
        try {
            if (isCancelled) {
                throw cancelled();
            }
            T result = work.run();
            phase.set(WarmupProgress.Phase.WARM);
            return result;
        } catch (StoreException e) {
            throw WarmupException.of(e);
        } catch (FetchException e) {
            throw WarmupException.of(e);
        } catch (CacheException e) {
            throw WarmupException.of(e);
        } catch (ClosedByInterruptException e) {
            if (isCancelled) {
                throw cancelled();
            }
            throw new InterruptedException();
        } catch (IOException e) {
            throw WarmupException.of(e, request.model());
        } catch (InterruptedException e) {
            if (isCancelled) {
                throw cancelled();
            }
            throw e;
        } finally {
            leave();
            if (phase.get() != WarmupProgress.Phase.WARM) {
                phase.set(WarmupProgress.Phase.FAILED);
            }
        }
    }

    /** From here on this thread is not interrupted; an interrupt that a cancellation had sent before does not stay behind. */
    private void leave() {
        synchronized (interruption) {
            runner = null;
            if (isCancelled) {
                var _ = Thread.interrupted();
            }
        }
    }

    private WarmupException cancelled() {
        return new WarmupException.Cancelled(new Failure.Ended(request.model(), Ending.CANCELLED), null);
    }

    private WarmupReport warm()
            throws StoreException, FetchException, CacheException, IOException, WarmupException, InterruptedException {
        long began = System.nanoTime();
        phase.set(WarmupProgress.Phase.LISTING);
        Asked asked = Asked.of(store, request.selection());
        destination.requireApartFrom(store);
        Listing listed;
        try {
            listed = request.askWithin().isPresent() && destination.hasStanding(request.model(), asked)
                    ? BoundedListing.of(store, request.selection(), request.askWithin().get())
                    : store.list(request.selection());
        } catch (StoreException away) {
            Optional<WarmupReport> standing = away.problem().isTransient()
                    ? standing(asked, String.valueOf(away.getMessage()), began)
                    : Optional.empty();
            if (standing.isEmpty()) {
                throw away;
            }
            return standing.get();
        }
        Relisting relisting = new Relisting(store, request.selection(), request.settings().onChange());
        while (true) {
            try {
                return warm(listed, asked, relisting, began);
            } catch (FetchException change) {
                if (change.reason() != FetchException.Reason.CHANGED) {
                    throw change;
                }
                phase.set(WarmupProgress.Phase.LISTING);
                fetch = null;
                if (isCancelled) {
                    throw cancelled();
                }
                listed = relisting.after(change, listed);
            }
        }
    }

    /** From one listing; nothing is published unless all of it is of that one. */
    private WarmupReport warm(Listing listed, Asked asked, Relisting relisting, long began)
            throws StoreException, FetchException, CacheException, IOException, WarmupException, InterruptedException {
        files = listed.files().size();
        bytes = listed.totalBytes();
        check(listed);
        phase.set(WarmupProgress.Phase.WAITING);
        try (ModelFolder folder = destination.open(request.model(), listed)) {
            phase.set(WarmupProgress.Phase.CHECKING);
            folder.requireDistinct(listed.files().stream().map(RemoteFile::path).toList());
            if (request.verify() == WarmupRequest.Verify.ALWAYS) {
                folder.readBack();
            }
            if (folder.manifest().isComplete()) {
                // Damaged files are among the missing ones below.
                folder.recheck(request.verify() != WarmupRequest.Verify.SIZE);
            }
            List<RemoteFile> missing = destination.share(request.model(), folder,
                    folder.prepare(listed, asked, request.settings().isSynced(), destination.mayReplaceForeign()));
            long missingBytes = missing.stream().mapToLong(RemoteFile::sizeBytes).sum();
            reusedBytes = listed.totalBytes() - missingBytes;
            reusedFiles = listed.files().size() - missing.size();
            if (!missing.isEmpty()) {
                List<FetchTask> tasks = missing.stream()
                        .map(file -> new FetchTask(file, folder.partial(file)))
                        .toList();
                phase.set(WarmupProgress.Phase.WAITING);
                turn.await();
                long onDisk = Fetch.resumableBytes(tasks, request.settings());
                destination.makeRoom(request.model(), folder, () -> missingBytes - Math.max(onDisk, fetchedBytes()));
                try {
                    fetch(folder, tasks);
                } catch (FetchException e) {
                    noteKept(folder, tasks, e);
                    throw e;
                }
            }
            phase.set(WarmupProgress.Phase.COMPLETING);
            keptBytes = bytes;
            if (!folder.isComplete()) {
                if (isCancelled) {
                    throw cancelled();
                }
                relisting.confirm(listed, missing.size() == listed.files().size() && effort.resumed() == 0);
                checkStructure(folder, listed);
                folder.complete();
            }
            destination.show(request, folder);
            return report(folder, listed, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    /** Where the store cannot be asked, what is there counts if it is whole and came of the same question. */
    private Optional<WarmupReport> standing(Asked asked, String away, long began)
            throws CacheException, IOException, InterruptedException {
        phase.set(WarmupProgress.Phase.WAITING);
        Optional<ModelFolder> there = destination.openStanding(request.model(), asked);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        try (ModelFolder folder = there.get()) {
            phase.set(WarmupProgress.Phase.CHECKING);
            List<Manifest.Entry> entries = folder.manifest().files();
            int unvouched = (int) entries.stream().filter(entry -> entry.digests().isEmpty()).count();
            if ((request.requireDigest() && unvouched > 0)
                    || !folder.holds(asked, request.verify() != WarmupRequest.Verify.SIZE)) {
                return Optional.empty();
            }
            files = entries.size();
            bytes = folder.manifest().totalBytes();
            reusedFiles = files;
            reusedBytes = bytes;
            destination.showUnconfirmed(request, folder);
            return Optional.of(new WarmupReport(request.model(), folder.path(), files, bytes, 0, bytes, unvouched,
                    Duration.ofNanos(System.nanoTime() - began), WarmupReport.Limit.NOTHING, 0, 0, away,
                    List.of()));
        }
    }

    /** What of the listed version the next attempt need not fetch; nothing is known of a version that has ended. */
    private void noteKept(ModelFolder folder, List<FetchTask> tasks, FetchException failure) throws IOException {
        keptBytes = failure.reason() == FetchException.Reason.CHANGED
                ? 0
                : bytes - folder.outstandingBytes() + Fetch.resumableBytes(tasks, request.settings());
    }

    /** After a failure: bytes of the model that the next attempt need not fetch. */
    public long keptBytes() {
        return keptBytes;
    }

    private long fetchedBytes() {
        Fetch running = fetch;
        return running == null ? 0 : running.progress().doneBytes();
    }

    private void check(Listing listed) throws WarmupException {
        if (listed.files().isEmpty()) {
            throw new WarmupException.StoreRefused(
                    new Failure.BadModel(store.family(), listed.source(), ModelFault.NO_FILES), null);
        }
        Optional<RemoteFile> unvouched = listed.files()
                .stream()
                .filter(file -> file.bestDigest().isEmpty())
                .findFirst();
        if (request.requireDigest() && unvouched.isPresent()) {
            throw new WarmupException.NotVerified(
                    Failure.BadModel.of(store.family(), listed.source(), unvouched.get().path(),
                            ModelFault.NO_DIGEST, ""),
                    null);
        }
    }

    private void fetch(ModelFolder folder, List<FetchTask> tasks) throws FetchException, InterruptedException {
        Fetch running = new Fetch(store, tasks, folder::publish, request.settings(), bandwidth);
        fetch = running;
        phase.set(WarmupProgress.Phase.FETCHING);
        if (isCancelled) {
            running.cancel();
        }
        ProcessorTime before = ProcessorTime.now();
        try {
            FetchProgress end = running.run();
            effort = effort.and(end, before.busyUntil(ProcessorTime.now()));
        } catch (FetchException e) {
            effort = effort.and(running.progress(), 0);
            throw e;
        }
    }

    private void checkStructure(ModelFolder folder, Listing listed) throws IOException, WarmupException {
        List<String> faults = ModelStructure.faults(folder::read,
                listed.files().stream().map(RemoteFile::path).toList(), request.selection()::wants);
        if (!faults.isEmpty()) {
            throw new WarmupException.NotVerified(new Failure.BadModel(store.family(), request.model(),
                    ModelFault.NOT_LOADABLE, String.join("; ", faults)), null);
        }
    }

    private WarmupReport report(ModelFolder folder, Listing listed, Duration took) {
        int unvouched = (int) listed.files().stream().filter(file -> file.bestDigest().isEmpty()).count();
        return new WarmupReport(request.model(), folder.path(), listed.files().size(), listed.totalBytes(),
                effort.received(), reusedBytes + effort.resumed(), unvouched, took, effort.limit(), effort.retries(),
                effort.connections(), "", listed.notes());
    }

    /** Stops within a second; {@link #run()} then ends with {@link WarmupException.Cancelled}. */
    public void cancel() {
        isCancelled = true;
        Fetch running = fetch;
        if (running != null) {
            running.cancel();
        }
        synchronized (interruption) {
            if (runner != null && (running == null || phase.get() != WarmupProgress.Phase.FETCHING)) {
                runner.interrupt();
            }
        }
    }

    /** How far it is. */
    public WarmupProgress progress() {
        Fetch running = fetch;
        if (running == null) {
            return new WarmupProgress(phase.get(), files, reusedFiles, bytes, reusedBytes, 0, List.of());
        }
        FetchProgress now = running.progress();
        return new WarmupProgress(phase.get(), files, reusedFiles + now.filesPublished(), bytes,
                reusedBytes + now.doneBytes(),
                now.connections(), now.current());
    }
}
