// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.lastcall.warmup.fetch.TransferState.Abandoned;
import dev.lastcall.warmup.fetch.TransferState.Failed;
import dev.lastcall.warmup.fetch.TransferState.Leaving;
import dev.lastcall.warmup.fetch.TransferState.Planned;
import dev.lastcall.warmup.fetch.TransferState.Published;
import dev.lastcall.warmup.fetch.TransferState.Refetching;
import dev.lastcall.warmup.fetch.TransferState.Transferring;
import dev.lastcall.warmup.fetch.TransferState.Verifying;
import dev.lastcall.warmup.fetch.TransferState.Whole;
import org.jspecify.annotations.Nullable;

/**
 * Who fetches what. Files are begun in reading order, the workers spread over the first few that have parts left; when all
 * are given out, an idle worker takes half of what the busiest has not begun. Also where workers wait, so that one call
 * wakes all. Thread-safe.
 */
final class Schedule {

    /** The kernel lets one writer at a time into a file's part of the page cache: one file alone is one core's work. */
    private static final int SIDE_BY_SIDE = 4;

    /** So many files fail one by one before it is taken for the store's state. */
    private static final int MAX_ODD_FILES = 8;

    private final int total;
    private final int maxRunParts;
    private final List<FileFetch> files = new ArrayList<>();
    private final Set<Run> active = new HashSet<>(); // all guarded by this
    private int workersWanted;
    private int published;
    private int odd;
    private @Nullable FetchException firstOdd;
    private long pausedUntil;
    private boolean isPaused;
    private @Nullable FetchException end;

    /** Who waits for the end waits here: a change of the work wakes only those who wait for work. */
    private final CountDownLatch over = new CountDownLatch(1);

    /** For so many files, which are added as there is room for them. */
    Schedule(int total, int maxRunParts) {
        this.total = total;
        this.maxRunParts = maxRunParts;
        if (total == 0) {
            over.countDown();
        }
    }

    /**
     * A file to fetch, after those that were added before; its partial file is open.
     *
     * @return the state that it leads to
     */
    synchronized Optional<TransferState> add(FileFetch fetch) {
        files.add(fetch);
        return happened(fetch, new TransferEvent.Opened(fetch.partial.isWhole()));
    }

    /** The files that are being fetched. */
    synchronized List<FileFetch> files() {
        return List.copyOf(files);
    }

    /** How many workers share what is left. */
    synchronized void share(int workers) {
        workersWanted = workers;
        notifyAll();
    }

    /**
     * The next run for a worker; waits while others hold all there is and might give some back.
     *
     * @param index the worker's number; one beyond those wanted waits
     * @return empty when the fetch has ended
     */
    synchronized Optional<Run> take(int index) throws InterruptedException {
        while (!isOver()) {
            if (index < workersWanted) {
                Optional<Run> run = next().or(this::steal);
                if (run.isPresent()) {
                    active.add(run.get());
                    happened(run.get().fetch, new TransferEvent.Joined());
                    return run;
                }
            }
            wait();
        }
        return Optional.empty();
    }

    /** Whether a worker is one too many, so that others had better have what it holds. */
    synchronized boolean isSpare(int index) {
        return index >= workersWanted;
    }

    /** Whether more are at work than are wanted, since a run in the air is not broken off for that. */
    synchronized boolean isCrowded() {
        return active.size() > workersWanted;
    }

    /** Of the first few files with parts left the one on which the fewest are, the first of those. */
    private Optional<Run> next() {
        return files.stream()
                .filter(Schedule::hasWork)
                .limit(SIDE_BY_SIDE)
                .min(Comparator.comparingInt(FileFetch::workers))
                .flatMap(this::runOf);
    }

    private static boolean hasWork(FileFetch fetch) {
        return fetch.state instanceof Transferring now && !fetch.unassigned.isEmpty()
                && (fetch.file.ranged() || now.workers() == 0);
    }

    private Optional<Run> runOf(FileFetch fetch) {
        return fetch.state instanceof Transferring now ? Optional.of(runOf(fetch, now)) : Optional.empty();
    }

    private Run runOf(FileFetch fetch, Transferring now) {
        int first = fetch.unassigned.nextSetBit(0);
        if (!fetch.file.ranged()) {
            fetch.unassigned.clear();
            return new Run(fetch, now, 0, fetch.partial.grid().count());
        }
        int share = Math.max(1, fetch.unassigned.cardinality() / Math.max(1, workersWanted));
        int end = Math.min(fetch.unassigned.nextClearBit(first), first + Math.min(share, maxRunParts));
        fetch.unassigned.clear(first, end);
        return new Run(fetch, now, first, end);
    }

    private Optional<Run> steal() {
        Run richest = null;
        for (Run run : active) {
            boolean divisible = run.file.ranged() && run.unbegun() > 0 && run.fetch.isTransferring(run.attempt);
            if (divisible && (richest == null || run.unbegun() > richest.unbegun())) {
                richest = run;
            }
        }
        if (richest == null || !(richest.fetch.state instanceof Transferring now)) {
            return Optional.empty();
        }
        int from = richest.end - (richest.unbegun() + 1) / 2;
        Run stolen = new Run(richest.fetch, now, from, richest.end);
        richest.end = from;
        return Optional.of(stolen);
    }

    /** The next part of the run, now begun; empty when none is left or all of it is void. */
    synchronized OptionalInt begin(Run run) {
        return isVoid(run) || run.next >= run.end ? OptionalInt.empty() : OptionalInt.of(run.next++);
    }

    /** Whether what the run still brings is of no use. */
    synchronized boolean isVoid(Run run) {
        return isOver() || !run.fetch.isTransferring(run.attempt);
    }

    /** Where a request for the rest of the run should end. */
    synchronized long endOffset(Run run) {
        return run.partial.grid().end(run.end);
    }

    /**
     * The worker is through with the run; parts that it did not complete are to be given out again.
     *
     * @param incomplete the part that was begun and not done
     * @return the state that it leads to
     */
    synchronized Optional<TransferState> leave(Run run, OptionalInt incomplete) {
        FileFetch fetch = run.fetch;
        active.remove(run);
        if (fetch.isTransferring(run.attempt)) {
            incomplete.ifPresent(fetch.unassigned::set);
            fetch.unassigned.set(run.next, Math.max(run.next, run.end));
        }
        return happened(fetch, new TransferEvent.Left(fetch.partial.isWhole()));
    }

    /**
     * Something has happened to the transfer of the file.
     *
     * @return the state that it leads to; empty if it changes nothing
     */
    synchronized Optional<TransferState> happened(FileFetch fetch, TransferEvent event) {
        return happened(fetch, event, () -> {});
    }

    /**
     * Something has happened to the transfer of the file, and to what belongs to it.
     *
     * @param change is made where the event changes the state, before a worker can see it
     */
    synchronized Optional<TransferState> happened(FileFetch fetch, TransferEvent event, Runnable change) {
        TransferState after = fetch.state.after(event);
        if (after.equals(fetch.state)) {
            return Optional.empty();
        }
        change.run();
        fetch.state = after;
        switch (after) {
            case Transferring _ -> {
                if (!(event instanceof TransferEvent.Joined) && !fetch.unassigned.isEmpty()) {
                    notifyAll();
                }
            }
            case Leaving _ -> fetch.unassigned.clear();
            case Abandoned abandoned -> {
                fetch.unassigned.clear();
                failed(abandoned.why());
            }
            case Published _ -> {
                published++;
                over(fetch);
            }
            case Failed failed -> {
                failed(failed.why());
                odd++;
                over(fetch);
            }
            case Planned _,Refetching _,Verifying _,Whole _ -> {
            }
        }
        return Optional.of(after);
    }

    /** What is of one file lets the others go on; what is of more than that ends the fetch. */
    private void failed(FetchException why) {
        if (why.failure().isOfOneFile() && odd < MAX_ODD_FILES) {
            firstOdd = firstOdd == null ? why : firstOdd;
        } else {
            fail(why);
        }
    }

    private void over(FileFetch fetch) {
        files.remove(fetch);
        if (published + odd == total) {
            end();
        }
    }

    private synchronized void end() {
        over.countDown();
        notifyAll();
    }

    /** Waits, but not beyond the end of the fetch. */
    void pause(long nanos) throws InterruptedException {
        var _ = over.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** The store wants to be left alone, by all workers. */
    synchronized void pauseAll(long nanos) {
        long until = System.nanoTime() + nanos;
        if (!isPaused || until - pausedUntil > 0) {
            pausedUntil = until;
            isPaused = true;
        }
    }

    /** Waits while all workers are to leave the store alone. */
    void awaitUnpaused() throws InterruptedException {
        for (long left = pauseLeft(); left > 0 && !isOver(); left = pauseLeft()) {
            pause(left);
        }
    }

    private synchronized long pauseLeft() {
        isPaused = isPaused && pausedUntil - System.nanoTime() > 0;
        return isPaused ? pausedUntil - System.nanoTime() : 0;
    }

    /** Ends the fetch; the first reason is kept. */
    synchronized void fail(FetchException reason) {
        if (!isOver()) {
            end = reason;
            end();
        }
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** Waits for the end. */
    void awaitEnd() throws InterruptedException {
        over.await();
    }

    /** Why it ended early. */
    synchronized Optional<FetchException> failure() {
        return Optional.ofNullable(end != null ? end : firstOdd);
    }

    /** Whether every wanted worker has a run. */
    synchronized boolean isBusy() {
        return active.size() >= workersWanted;
    }

    /** Parts that no worker has begun. */
    synchronized long unbegunParts() {
        return files.stream().mapToLong(file -> file.unassigned.cardinality()).sum()
                + active.stream().mapToLong(Run::unbegun).sum();
    }
}
