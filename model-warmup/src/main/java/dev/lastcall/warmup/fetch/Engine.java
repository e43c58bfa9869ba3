// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.fetch.TransferState.Abandoned;
import dev.lastcall.warmup.fetch.TransferState.Failed;
import dev.lastcall.warmup.fetch.TransferState.Final;
import dev.lastcall.warmup.fetch.TransferState.Leaving;
import dev.lastcall.warmup.fetch.TransferState.Planned;
import dev.lastcall.warmup.fetch.TransferState.Refetching;
import dev.lastcall.warmup.fetch.TransferState.Transferring;
import dev.lastcall.warmup.fetch.TransferState.Verifying;
import dev.lastcall.warmup.fetch.TransferState.Whole;
import dev.lastcall.warmup.retry.Backoff;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import org.jspecify.annotations.Nullable;

/** What the threads of one fetch share, and the decisions that concern a whole file. Thread-safe. */
final class Engine {

    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(10));

    private final Store store;
    private final FetchSettings settings;
    private final Bandwidth bandwidth;
    private final Schedule schedule;
    private final Concurrency concurrency;
    private final Meters meters = new Meters();
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final String bootId = BootId.current();
    private final Consumer<FileFetch> whenWhole;
    private final Consumer<FileFetch> whenFailed;
    private final PageCache pageCache;
    private volatile boolean isCancelled;

    Engine(Store store, FetchSettings settings, Bandwidth bandwidth, Schedule schedule,
            Concurrency concurrency, PageCache pageCache, Consumer<FileFetch> whenWhole,
            Consumer<FileFetch> whenFailed) {
        this.store = store;
        this.settings = settings;
        this.bandwidth = bandwidth;
        this.schedule = schedule;
        this.pageCache = pageCache;
        this.whenWhole = whenWhole;
        this.whenFailed = whenFailed;
        this.concurrency = concurrency;
    }

    Store store() {
        return store;
    }

    FetchSettings settings() {
        return settings;
    }

    Bandwidth bandwidth() {
        return bandwidth;
    }

    Schedule schedule() {
        return schedule;
    }

    Concurrency concurrency() {
        return concurrency;
    }

    /** The policy, decided for this fetch. */
    PageCache pageCache() {
        return pageCache;
    }

    /** Whether a file that is published is to be read into the page cache, and fits there. */
    boolean mayRefill(RemoteFile file) {
        return pageCache == PageCache.REFILL
                && file.sizeBytes() <= new MemoryRoom(Path.of("/")).bytes().orElse(Long.MAX_VALUE) / 2;
    }

    /** Nothing is worth waiting for any more, not even what comes after the last byte. */
    void cancel() {
        isCancelled = true;
    }

    boolean isCancelled() {
        return isCancelled;
    }

    Meters meters() {
        return meters;
    }

    List<Worker> workers() {
        return workers;
    }

    /** Opens what is there of a file, and hands it over at once if it is whole. */
    void admit(FetchTask task) throws IOException {
        FileFetch fetch = new FileFetch(task.partial(), task.file(),
                PartialFile.open(task.partial(), task.file(), settings.partBytes(), bootId,
                        WriteMode.of(pageCache, task.file())));
        meters.resumedBytes.add(fetch.bytes.sum());
        entered(fetch, schedule.add(fetch));
    }

    /** A worker has left the file: the last one sees to what comes next. */
    void left(Run run, OptionalInt incomplete) {
        entered(run.fetch, schedule.leave(run, incomplete));
    }

    /** Does what a state asks for, on the thread that has led to it. */
    private void entered(FileFetch fetch, Optional<TransferState> entered) {
        if (entered.isPresent() && entered.get() instanceof Failed) {
            whenFailed.accept(fetch);
        }
        if (entered.isEmpty() || schedule.isOver()) {
            return;
        }
        switch (entered.get()) {
            case Verifying _ -> whenWhole.accept(fetch);
            case Refetching refetching -> startOver(fetch, refetching);
            case Planned _,Transferring _,Leaving _,Whole _,Abandoned _,Final _ -> {
            }
        }
    }

    /** Waits after a failure that may pass; where the store is overloaded everyone slows down. */
    void backOff(StoreProblem problem, Duration wish, int failures) throws InterruptedException {
        if (problem == StoreProblem.THROTTLED) {
            meters.throttled.increment();
            // While the last cut has not come about yet, a complaint is still about what was before it.
            if (!schedule.isCrowded()) {
                concurrency.throttled(System.nanoTime());
                schedule.share(concurrency.limit());
            }
            if (!wish.isZero()) {
                schedule.pauseAll(wish.toNanos());
            }
        }
        long began = System.nanoTime();
        schedule.pause(BACKOFF.after(failures, ThreadLocalRandom.current()).toNanos());
        meters.backoffNanos.add(System.nanoTime() - began);
    }

    /** What was listed is not what the store has now: only a new listing says which files belong together. */
    void changed(Failure change, @Nullable StoreException failure) {
        schedule.fail(new FetchException(FetchException.Reason.CHANGED, change, failure));
    }

    /**
     * Whether the store still has the version of the file that was listed. False where it is gone.
     *
     * @throws StoreException if the store cannot say
     */
    boolean isStillListed(RemoteFile file) throws StoreException, InterruptedException {
        return lookedAt(file).filter(now -> now.isSameVersionAs(file)).isPresent();
    }

    /**
     * Makes what is fetched of the file void; the last worker on it starts it over, or goes on with what is there where the
     * store's word that it changed proves wrong.
     */
    void restart(FileFetch fetch, int attempt, TransferEvent.Cause cause, StoreException failure) {
        FetchException.Reason reason = cause == TransferEvent.Cause.CHANGED
                ? FetchException.Reason.CHANGED
                : FetchException.Reason.STORE;
        Optional<TransferState> entered = schedule.happened(fetch,
                new TransferEvent.Voided(attempt, cause, new FetchException(reason, failure.failure(), failure)));
        if (entered.isPresent()) {
            workers.forEach(worker -> worker.abortIfOn(fetch));
        }
        entered(fetch, entered);
    }

    /** The file was compared with what the store promises. */
    Optional<TransferState> checked(FileFetch fetch, TransferEvent.Proof proof, FetchException otherwise) {
        Optional<TransferState> entered = schedule.happened(fetch, new TransferEvent.Checked(proof, otherwise));
        entered(fetch, entered);
        return entered;
    }

    /** The file cannot be had. */
    void giveUp(FileFetch fetch, FetchException why) {
        Optional<TransferState> entered = schedule.happened(fetch, new TransferEvent.GivenUp(why));
        if (entered.isPresent()) {
            workers.forEach(worker -> worker.abortIfOn(fetch));
        }
        entered(fetch, entered);
    }

    private void startOver(FileFetch fetch, Refetching state) {
        try {
            RemoteFile before = fetch.file;
            switch (state.cause()) {
                case CHANGED -> goOnIfSame(fetch, state);
                case RANGE_IGNORED -> startEmpty(fetch, new RemoteFile(before.path(), before.sizeBytes(),
                        before.validator(), before.digests(), false, before.location()));
                case STREAM_BROKEN, CORRUPT -> startEmpty(fetch, before);
            }
        } catch (StoreException e) {
            giveUp(fetch, new FetchException(FetchException.Reason.STORE, e.failure(), e));
        } catch (IOException e) {
            giveUp(fetch, FetchException.ofDisk(e, fetch.file.path(), fetch.partialPath));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            giveUp(fetch, new FetchException(FetchException.Reason.CANCELLED,
                    new Failure.Ended(fetch.file.path(), Ending.INTERRUPTED), e));
        }
    }

    /**
     * The store's word that it changed can be wrong, or early: the look may have come before the end of an upload. Where the
     * object is the one that was listed, what is there counts on; else only a new listing says what belongs together.
     */
    private void goOnIfSame(FileFetch fetch, Refetching state) throws StoreException, InterruptedException {
        RemoteFile before = fetch.file;
        Optional<RemoteFile> now = lookedAt(before);
        boolean isSame = now.isPresent() && now.get().isSameVersionAs(before)
                && (!now.get().digests().isEmpty() || now.get().validator().isStrong());
        if (!isSame) {
            giveUp(fetch, state.seen());
            return;
        }
        schedule.pause(BACKOFF.after(state.attempt().changes(), ThreadLocalRandom.current()).toNanos());
        reopened(fetch, fetch.partial, () -> fetch.goOn(now.get().vouchedForAs(before).pinnedByDigest()));
    }

    /** As the store has it now; empty where it is gone. */
    private Optional<RemoteFile> lookedAt(RemoteFile file) throws StoreException, InterruptedException {
        try {
            return Optional.of(store.refresh(file));
        } catch (StoreException e) {
            if (e.problem() == StoreProblem.MISSING) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void startEmpty(FileFetch fetch, RemoteFile now) throws IOException {
        fetch.hash.reset();
        fetch.partial.close();
        PartialFile empty = PartialFile.create(fetch.partialPath, now,
                new PartGrid(now.sizeBytes(), settings.partBytes()), bootId, WriteMode.of(pageCache, now));
        reopened(fetch, empty, () -> fetch.begin(now, empty));
    }

    private void reopened(FileFetch fetch, PartialFile partial, Runnable change) {
        entered(fetch, schedule.happened(fetch, new TransferEvent.Reopened(partial.isWhole()), change));
    }
}
