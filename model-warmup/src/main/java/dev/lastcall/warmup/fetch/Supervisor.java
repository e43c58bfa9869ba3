// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;

/** The one thread that looks after the others: gives up dead connections, sets their number, keeps hashes and flash close. */
final class Supervisor implements Runnable {

    private static final Duration TICK = Duration.ofMillis(100);
    private static final int TICKS_PER_LOOK = 5;

    /** While the number of connections doubles: a fast store that gives little to each is not kept waiting for seconds. */
    private static final int TICKS_PER_EARLY_LOOK = 2;

    /** A connection below this share of the median is taken for broken. */
    private static final double SLOW_SHARE = 0.1;

    /** So few connections have no median worth the name. */
    private static final int MIN_WORKERS_FOR_MEDIAN = 4;

    private static final long HASH_STEP_BYTES = 32L << 20;

    /** Little enough to keep the disk busy from the first second. */
    private static final long WRITE_BACK_STEP_BYTES = 32L << 20;

    /** Keeps what a kill of the machine costs, and the last flush, small. */
    private static final long SYNC_STEP_BYTES = 256L << 20;

    private final Engine engine;
    private final ExecutorService chores;
    private final Runnable startWorkers;
    private final Set<FileFetch> hashing = ConcurrentHashMap.newKeySet();
    private final Set<FileFetch> writing = ConcurrentHashMap.newKeySet();
    private final Set<FileFetch> syncing = ConcurrentHashMap.newKeySet();
    private long bytesAtLook;
    private long lookedAt = System.nanoTime();

    Supervisor(Engine engine, ExecutorService chores, Runnable startWorkers) {
        this.engine = engine;
        this.chores = chores;
        this.startWorkers = startWorkers;
    }

    @Override
    public void run() {
        try {
            int ticks = 0;
            while (!engine.schedule().isOver()) {
                engine.schedule().pause(TICK.toNanos());
                watch(System.nanoTime());
                follow();
                if (++ticks >= (engine.concurrency().isDoubling() ? TICKS_PER_EARLY_LOOK : TICKS_PER_LOOK)) {
                    adapt(System.nanoTime());
                    ticks = 0;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            engine.schedule()
                    .fail(new FetchException(FetchException.Reason.DISK,
                            new Failure.Ended("the supervisor of a fetch", Ending.UNFORESEEN), e));
        }
    }

    private void watch(long now) {
        double[] rates = engine.workers()
                .stream()
                .mapToDouble(worker -> worker.rate(now))
                .filter(rate -> rate >= 0)
                .sorted()
                .toArray();
        for (Worker worker : engine.workers()) {
            worker.abortIfStalled(now, engine.settings().stallAfter());
            if (rates.length >= MIN_WORKERS_FOR_MEDIAN && !engine.bandwidth().isLimited()) {
                worker.abortIfSlow(now, engine.settings().slowAfter(), rates[rates.length / 2] * SLOW_SHARE);
            }
        }
    }

    private void follow() {
        for (FileFetch fetch : engine.schedule().files()) {
            boolean ordered = fetch.file.bestDigest().filter(digest -> !digest.kind().isCombinable()).isPresent();
            if (ordered && fetch.hash.isBehind(fetch.partial, HASH_STEP_BYTES) && hashing.add(fetch)) {
                chore(fetch, hashing, () -> fetch.hash.advance(fetch.file, fetch.partial));
            }
            if (engine.settings().isSynced() && fetch.partial.mayStartWriteBack(WRITE_BACK_STEP_BYTES)
                    && writing.add(fetch)) {
                chore(fetch, writing, fetch.partial::startWriteBack);
            }
            boolean dirty = engine.settings().isSynced() && fetch.partial.unsyncedBytes() >= SYNC_STEP_BYTES;
            if (dirty && syncing.add(fetch)) {
                chore(fetch, syncing, () -> sync(fetch));
            }
        }
    }

    private void sync(FileFetch fetch) throws java.io.IOException {
        PartialFile partial = fetch.partial;
        partial.sync();
        partial.drop(fetch.hash.hashedBytes());
    }

    private interface Chore {
        void run() throws java.io.IOException;
    }

    private void chore(FileFetch fetch, Set<FileFetch> underWay, Chore chore) {
        if (!(fetch.state instanceof TransferState.Transferring now)) {
            underWay.remove(fetch);
            return;
        }
        int attempt = now.attempt().number();
        chores.execute(() -> {
            try {
                chore.run();
            } catch (java.io.IOException e) {
                // A file that starts over or got its name meanwhile has been closed under the chore.
                if (fetch.isTransferring(attempt) && !engine.schedule().isOver()) {
                    engine.schedule().fail(FetchException.ofDisk(e, fetch.file.path(), fetch.partialPath));
                }
            } finally {
                underWay.remove(fetch);
            }
        });
    }

    private void adapt(long now) {
        long bytes = engine.meters().receivedBytes.sum();
        if (bytes == 0) {
            // What passes before the first byte says nothing about the rate.
            lookedAt = now;
            return;
        }
        double rate = (bytes - bytesAtLook) * 1e9 / Math.max(1, now - lookedAt);
        bytesAtLook = bytes;
        lookedAt = now;
        boolean isBusy = engine.schedule().isBusy() && engine.schedule().unbegunParts() > 0
                && !engine.bandwidth().isLimited();
        engine.concurrency().look(rate, isBusy);
        engine.schedule().share(engine.concurrency().limit());
        startWorkers.run();
    }
}
