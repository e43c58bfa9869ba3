// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.retry.Backoff;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import org.jspecify.annotations.Nullable;

/** What the threads of one fetch share, and the decisions that concern a whole file. Thread-safe. */
final class Engine {

    /** A server without ranges that breaks off every time: more attempts would only move more bytes. */
    private static final int MAX_BROKEN_STREAMS = 5;

    /** A slow upload shows its object in several states; one that changes all the time is no model. */
    private static final int MAX_CHANGES = 4;

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
    private final PageCache pageCache;
    private volatile boolean isCancelled;

    Engine(Store store, FetchSettings settings, Bandwidth bandwidth, Schedule schedule,
            Concurrency concurrency, PageCache pageCache, Consumer<FileFetch> whenWhole) {
        this.store = store;
        this.settings = settings;
        this.bandwidth = bandwidth;
        this.schedule = schedule;
        this.pageCache = pageCache;
        this.whenWhole = whenWhole;
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
        schedule.add(fetch);
        afterLeaving(fetch);
    }

    /** A worker has left the file: the last one sees to what comes next. */
    void afterLeaving(FileFetch fetch) {
        if (schedule.claimFinish(fetch)) {
            whenWhole.accept(fetch);
        } else if (schedule.claimRestart(fetch)) {
            startOver(fetch);
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
    void restart(FileFetch fetch, int epoch, FileFetch.Restart reason, StoreException failure) {
        boolean isForbidden = switch (reason) {
            case CHANGED, CORRUPT, NONE -> false;
            case RANGE_IGNORED -> !fetch.file.ranged();
            case STREAM_BROKEN -> fetch.brokenStreams >= MAX_BROKEN_STREAMS;
        };
        if (isForbidden) {
            schedule.fail(new FetchException(FetchException.Reason.STORE, failure.failure(), failure));
        } else if (reason == FileFetch.Restart.CHANGED && fetch.changes >= MAX_CHANGES) {
            changed(failure.failure(), failure);
        } else if (schedule.restart(fetch, epoch, reason)) {
            fetch.changeSeen = failure.failure();
            workers.forEach(worker -> worker.abortIfOn(fetch));
        }
    }

    /** Only for whom {@link Schedule#claimRestart} or {@link Schedule#claimFinish} chose; no worker is on the file. */
    void startOver(FileFetch fetch) {
        try {
            RemoteFile before = fetch.file;
            switch (fetch.restart) {
                case CHANGED -> goOnIfSame(fetch);
                case RANGE_IGNORED -> startEmpty(fetch, new RemoteFile(before.path(), before.sizeBytes(),
                        before.validator(), before.digests(), false, before.location()));
                case STREAM_BROKEN, CORRUPT, NONE -> startEmpty(fetch, before);
            }
            afterLeaving(fetch);
        } catch (StoreException e) {
            schedule.fail(new FetchException(FetchException.Reason.STORE, e.failure(), e));
        } catch (IOException e) {
            schedule.fail(FetchException.ofDisk(e, fetch.file.path(), fetch.partialPath));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            schedule.fail(new FetchException(FetchException.Reason.CANCELLED,
                    new Failure.Ended(fetch.file.path(), Ending.INTERRUPTED), e));
        }
    }

    /**
     * The store's word that it changed can be wrong, or early: the look may have come before the end of an upload. Where the
     * object is the one that was listed, what is there counts on; else only a new listing says what belongs together.
     */
    private void goOnIfSame(FileFetch fetch) throws StoreException, InterruptedException {
        RemoteFile before = fetch.file;
        Optional<RemoteFile> now = lookedAt(before);
        boolean isSame = now.isPresent() && now.get().isSameVersionAs(before)
                && (!now.get().digests().isEmpty() || now.get().validator().isStrong());
        if (!isSame) {
            Failure seen = fetch.changeSeen;
            changed(seen != null
                    ? seen
                    : new Failure.BadModel(store.family(), before.path(), ModelFault.CHANGED_WHILE_FETCHED), null);
            return;
        }
        schedule.pause(BACKOFF.after(fetch.changes + 1, ThreadLocalRandom.current()).toNanos());
        schedule.restarted(fetch, () -> {
            fetch.changes++;
            fetch.goOn(now.get().pinnedByDigest());
        });
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
        schedule.restarted(fetch, () -> {
            fetch.wasCorrupt |= fetch.restart == FileFetch.Restart.CORRUPT;
            fetch.brokenStreams += fetch.restart == FileFetch.Restart.STREAM_BROKEN ? 1 : 0;
            fetch.begin(now, empty);
        });
    }
}
