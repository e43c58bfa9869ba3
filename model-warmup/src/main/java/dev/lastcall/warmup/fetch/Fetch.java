// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import dev.lastcall.warmup.verify.PartSum;

/**
 * Brings a set of files from one store. Used once: {@link #run()} blocks until all are published, or those that can be had
 * where the failure is of single files alone.
 * {@link #cancel()} and {@link #progress()} may be called from any thread at any time.
 */
public final class Fetch {

    /** Files with an open descriptor at a time. */
    private static final int MAX_OPEN_FILES = 64;

    private static final long WORKER_STACK_BYTES = 256 << 10;

    /** Less is fetched before a rehearsal would be over. */
    private static final long REHEARSED_FROM_BYTES = 32 << 20;

    private final Engine engine;
    private final Schedule schedule;
    private final Finisher finisher;
    private final Bandwidth bandwidth;
    private final Deque<FetchTask> waiting; // guarded by itself
    private final List<Thread> threads = new ArrayList<>(); // guarded by itself
    private final LongAdder publishedBytes = new LongAdder();
    private final LongAdder publishedFiles = new LongAdder();
    private final LongAdder leftBytes = new LongAdder();
    private final long totalBytes;
    private final int totalFiles;
    private final Set<DigestKind> kinds;
    private final ExecutorService chores;

    /** Touches nothing yet. */
    public Fetch(Store store, List<FetchTask> tasks, Publisher publisher, FetchSettings settings, Bandwidth bandwidth) {
        this.bandwidth = bandwidth;
        this.waiting = new ArrayDeque<>(tasks);
        this.totalFiles = tasks.size();
        this.totalBytes = tasks.stream().mapToLong(task -> task.file().sizeBytes()).sum();
        this.kinds = tasks.stream()
                .flatMap(task -> task.file().bestDigest().stream())
                .map(Digest::kind)
                .collect(Collectors.toSet());
        this.schedule = new Schedule(tasks.size(), settings.maxRunParts());
        this.chores = Executors.newFixedThreadPool(Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 8),
                Thread.ofPlatform().name("warmup-chore-", 0).daemon().factory());
        this.engine = new Engine(store, settings, bandwidth, schedule,
                Concurrency.of(settings.maxConnections(), totalFiles, totalBytes),
                WriteMode.decide(settings.pageCache(), totalBytes, new MemoryRoom(Path.of("/")).bytes()),
                this::whenWhole, this::whenFailed);
        this.finisher = new Finisher(engine, publisher);
    }

    /**
     * Fetches everything.
     *
     * @throws FetchException if not everything could be published
     * @throws InterruptedException if the calling thread is interrupted; the fetch is then cancelled
     */
    public FetchProgress run() throws FetchException, InterruptedException {
        long began = System.nanoTime();
        try {
            CompletableFuture<Void> rehearsal = CompletableFuture.runAsync(this::rehearse, chores);
            for (int open = 0; open < MAX_OPEN_FILES; open++) {
                admitNext();
            }
            rehearsal.join();
            schedule.share(engine.concurrency().limit());
            startWorkers();
            start("warmup-supervisor", new Supervisor(engine, chores, this::startWorkers));
            schedule.awaitEnd();
        } catch (InterruptedException e) {
            cancel();
            throw e;
        } finally {
            end();
        }
        Optional<FetchException> failure = schedule.failure();
        if (failure.isPresent()) {
            throw failure.get();
        }
        return progress(System.nanoTime() - began);
    }

    /** How many bytes of the tasks an earlier process has left whole. Reads journals only. */
    public static long resumableBytes(List<FetchTask> tasks, FetchSettings settings) throws IOException {
        long bytes = 0;
        for (FetchTask task : tasks) {
            bytes += PartialFile.resumableBytes(task.partial(), task.file(), settings.partBytes());
        }
        return bytes;
    }

    /** Before the workers are there, and while the files are opened. */
    private void rehearse() {
        if (totalBytes >= REHEARSED_FROM_BYTES) {
            kinds.forEach(PartSum::rehearse);
        }
    }

    private void admitNext() {
        FetchTask task;
        synchronized (waiting) {
            task = waiting.poll();
        }
        if (task != null && !schedule.isOver()) {
            try {
                engine.admit(task);
            } catch (IOException e) {
                schedule.fail(FetchException.ofDisk(e, task.file().path(), task.partial()));
            }
        }
    }

    private void whenWhole(FileFetch fetch) {
        chores.execute(() -> {
            try {
                if (finisher.finish(fetch)) {
                    publishedBytes.add(fetch.file.sizeBytes());
                    publishedFiles.increment();
                    admitNext();
                }
            } catch (RuntimeException e) {
                schedule.fail(new FetchException(FetchException.Reason.DISK,
                        new Failure.Ended("the last step of " + fetch.file.path(), Ending.UNFORESEEN), e));
            }
        });
    }

    /** Its bytes stay for another fetch; the next file may be opened in its place. */
    private void whenFailed(FileFetch fetch) {
        leftBytes.add(fetch.bytes.sum());
        closeQuietly(fetch);
        admitNext();
    }

    /** As many workers as are wanted now; those too many wait by themselves. */
    private void startWorkers() {
        while (engine.workers().size() < engine.concurrency().limit() && !schedule.isOver()) {
            Worker worker = new Worker(engine.workers().size(), engine);
            engine.workers().add(worker);
            start("warmup-data-" + engine.workers().size(), worker);
        }
        engine.meters().peakConnections.accumulateAndGet(engine.workers().size(), Math::max);
    }

    private void start(String name, Runnable work) {
        Thread thread = Thread.ofPlatform().name(name).daemon().stackSize(WORKER_STACK_BYTES).start(work);
        synchronized (threads) {
            threads.add(thread);
        }
    }

    /** Stops within a second and leaves everything so that a later fetch goes on from here. */
    public void cancel() {
        engine.cancel();
        schedule.fail(new FetchException(FetchException.Reason.CANCELLED,
                new Failure.Ended(engine.store().source(), Ending.CANCELLED), null));
        engine.workers().forEach(Worker::abort);
        bandwidth.release();
    }

    private void end() throws InterruptedException {
        List<Thread> all;
        synchronized (threads) {
            all = List.copyOf(threads);
        }
        try {
            if (schedule.failure().isPresent()) {
                engine.workers().forEach(Worker::abort);
            }
            for (Thread thread : all) {
                // A worker can have opened a new connection between two looks: it is closed again until it has noticed.
                while (!thread.join(java.time.Duration.ofMillis(100))) {
                    engine.workers().forEach(Worker::abort);
                }
            }
        } finally {
            chores.shutdown();
            chores.close();
            schedule.failure().ifPresent(why -> schedule.files().forEach(fetch -> engine.giveUp(fetch, why)));
            schedule.files().forEach(Fetch::closeQuietly);
        }
    }

    @SuppressWarnings("EmptyCatch") // every part that counts was written and recorded before
    private static void closeQuietly(FileFetch fetch) {
        try {
            fetch.partial.close();
        } catch (IOException ignored) {}
    }

    /** How far it is now. */
    public FetchProgress progress() {
        return progress(0);
    }

    private FetchProgress progress(long nanos) {
        List<FetchProgress.FileProgress> files = schedule.files()
                .stream()
                .map(fetch -> new FetchProgress.FileProgress(fetch.file.path(), fetch.bytes.sum(),
                        fetch.file.sizeBytes()))
                .toList();
        long inPlace = publishedBytes.sum() + leftBytes.sum()
                + files.stream().mapToLong(FetchProgress.FileProgress::doneBytes).sum();
        Meters meters = engine.meters();
        return new FetchProgress(totalFiles, publishedFiles.intValue(), totalBytes, inPlace, meters.resumedBytes.sum(),
                meters.receivedBytes.sum(), meters.requests.sum(), meters.retries.sum(), meters.throttled.sum(),
                meters.abandoned.sum(), meters.peakConnections.get(), engine.concurrency().limit(),
                new FetchProgress.Spent(nanos, nanos == 0 ? 0 : System.nanoTime() - meters.lastByteAt.get(),
                        meters.readNanos.sum(), meters.writeNanos.sum(),
                        meters.backoffNanos.sum(),
                        bandwidth.waitedNanos()),
                files);
    }
}
