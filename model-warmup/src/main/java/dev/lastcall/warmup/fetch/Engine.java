// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;

/** What the threads of one fetch share, and the decisions that concern a whole file. Thread-safe. */
final class Engine {

    /** A server without ranges that breaks off every time: more attempts would only move more bytes. */
    private static final int MAX_BROKEN_STREAMS = 5;

    /** A slow upload shows its object in several states; one that changes all the time is no model. */
    private static final int MAX_CHANGES = 4;

    private final Store store;
    private final FetchSettings settings;
    private final Bandwidth bandwidth;
    private final Schedule schedule;
    private final Concurrency concurrency;
    private final Backoff backoff;
    private final Meters meters = new Meters();
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final String bootId = BootId.current();
    private final Consumer<FileFetch> whenWhole;
    private final PageCache pageCache;
    private volatile boolean isCancelled;

    Engine(Store store, FetchSettings settings, Bandwidth bandwidth, Schedule schedule, Backoff backoff,
            PageCache pageCache, Consumer<FileFetch> whenWhole) {
        this.store = store;
        this.settings = settings;
        this.bandwidth = bandwidth;
        this.schedule = schedule;
        this.backoff = backoff;
        this.pageCache = pageCache;
        this.whenWhole = whenWhole;
        this.concurrency = new Concurrency(settings.maxConnections());
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
        schedule.pause(backoff.after(failures).toNanos());
        meters.backoffNanos.add(System.nanoTime() - began);
    }

    /** Makes what is fetched of the file void; the last worker on it starts it over. */
    void restart(FileFetch fetch, int epoch, FileFetch.Restart reason, StoreException failure) {
        boolean isForbidden = switch (reason) {
            case CHANGED -> isTooMuchChange(fetch);
            case RANGE_IGNORED -> !fetch.file.ranged();
            case STREAM_BROKEN -> fetch.brokenStreams >= MAX_BROKEN_STREAMS;
            case CORRUPT, NONE -> false;
        };
        if (isForbidden) {
            schedule.fail(new FetchException(FetchException.Reason.STORE, failure.getMessage(), failure));
        } else if (schedule.restart(fetch, epoch, reason)) {
            workers.forEach(worker -> worker.abortIfOn(fetch));
        }
    }

    private boolean isTooMuchChange(FileFetch fetch) {
        return settings.onChange() == FetchSettings.ChangePolicy.STRICT || fetch.changes >= MAX_CHANGES;
    }

    /** Only for whom {@link Schedule#claimRestart} or {@link Schedule#claimFinish} chose; no worker is on the file. */
    void startOver(FileFetch fetch) {
        try {
            RemoteFile before = fetch.file;
            RemoteFile now = lookedAt(fetch);
            if (fetch.restart == FileFetch.Restart.CHANGED && isSameFor(before, now)) {
                goOn(fetch, now);
            } else if (isReplaced(fetch, now) && isTooMuchChange(fetch)) {
                schedule.fail(new FetchException(FetchException.Reason.STORE, before.path()
                        + ": the object was replaced while it was fetched", null));
            } else {
                startEmpty(fetch, now);
            }
            afterLeaving(fetch);
        } catch (StoreException e) {
            schedule.fail(new FetchException(FetchException.Reason.STORE, e.getMessage(), e));
        } catch (IOException e) {
            schedule.fail(DiskFaults.explain(e, fetch.file.path(), fetch.partialPath));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            schedule.fail(new FetchException(FetchException.Reason.CANCELLED, "interrupted", e));
        }
    }

    private RemoteFile lookedAt(FileFetch fetch) throws StoreException, InterruptedException {
        RemoteFile before = fetch.file;
        return switch (fetch.restart) {
            // A digest belongs to one listing: wrong bytes can also be those of an object that was replaced meanwhile.
            case CHANGED, CORRUPT -> store.refresh(before);
            case RANGE_IGNORED ->
                new RemoteFile(before.path(), before.sizeBytes(), before.validator(), before.digests(), false,
                        before.location());
            case STREAM_BROKEN, NONE -> before;
        };
    }

    /** Whether wrong bytes are explained by another object in its place. */
    private static boolean isReplaced(FileFetch fetch, RemoteFile now) {
        return fetch.restart == FileFetch.Restart.CORRUPT && !now.isSameVersionAs(fetch.file);
    }

    /** Whether the bytes that are there are those of the object as it is now. */
    private static boolean isSameFor(RemoteFile before, RemoteFile now) {
        return now.isSameVersionAs(before) && (!now.digests().isEmpty() || now.validator().isStrong());
    }

    /** The store's word that it changed was wrong, or early: the look may have come before the end of an upload. */
    private void goOn(FileFetch fetch, RemoteFile now) throws InterruptedException {
        schedule.pause(backoff.after(fetch.changes + 1).toNanos());
        schedule.restarted(fetch, () -> {
            fetch.changes++;
            fetch.goOn(now.pinnedByDigest());
        });
    }

    private void startEmpty(FileFetch fetch, RemoteFile now) throws IOException {
        boolean isReplaced = isReplaced(fetch, now);
        fetch.hash.reset();
        fetch.partial.close();
        PartialFile empty = PartialFile.create(fetch.partialPath, now,
                new PartGrid(now.sizeBytes(), settings.partBytes()), bootId, WriteMode.of(pageCache, now));
        schedule.restarted(fetch, () -> {
            fetch.changes += isReplaced || fetch.restart == FileFetch.Restart.CHANGED ? 1 : 0;
            fetch.wasCorrupt |= fetch.restart == FileFetch.Restart.CORRUPT && !isReplaced;
            fetch.brokenStreams += fetch.restart == FileFetch.Restart.STREAM_BROKEN ? 1 : 0;
            fetch.begin(now, empty);
        });
    }
}
