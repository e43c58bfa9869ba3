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

import org.jspecify.annotations.Nullable;

/**
 * Who fetches what. Files are begun in reading order, the workers spread over the first few that have parts left; when all
 * are given out, an idle worker takes half of what the busiest has not begun. Also where workers wait, so that one call
 * wakes all. Thread-safe.
 */
final class Schedule {

    /** The kernel lets one writer at a time into a file's part of the page cache: one file alone is one core's work. */
    private static final int SIDE_BY_SIDE = 4;

    private final int total;
    private final int maxRunParts;
    private final List<FileFetch> files = new ArrayList<>();
    private final Set<Run> active = new HashSet<>(); // all guarded by this
    private int workersWanted;
    private int published;
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

    /** A file to fetch, after those that were added before. */
    synchronized void add(FileFetch fetch) {
        files.add(fetch);
        notifyAll();
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
                    run.get().fetch.workers++;
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
                .min(Comparator.comparingInt(fetch -> fetch.workers))
                .map(this::runOf);
    }

    private static boolean hasWork(FileFetch fetch) {
        boolean isTaken = !fetch.file.ranged() && fetch.workers > 0;
        return fetch.restart == FileFetch.Restart.NONE && !fetch.unassigned.isEmpty() && !isTaken;
    }

    private Run runOf(FileFetch fetch) {
        int first = fetch.unassigned.nextSetBit(0);
        if (!fetch.file.ranged()) {
            fetch.unassigned.clear();
            return new Run(fetch, 0, fetch.partial.grid().count());
        }
        int share = Math.max(1, fetch.unassigned.cardinality() / Math.max(1, workersWanted));
        int end = Math.min(fetch.unassigned.nextClearBit(first), first + Math.min(share, maxRunParts));
        fetch.unassigned.clear(first, end);
        return new Run(fetch, first, end);
    }

    private Optional<Run> steal() {
        Run richest = null;
        for (Run run : active) {
            boolean divisible = run.file.ranged() && run.epoch == run.fetch.epoch && run.unbegun() > 0;
            if (divisible && (richest == null || run.unbegun() > richest.unbegun())) {
                richest = run;
            }
        }
        if (richest == null) {
            return Optional.empty();
        }
        int from = richest.end - (richest.unbegun() + 1) / 2;
        Run stolen = new Run(richest.fetch, from, richest.end);
        richest.end = from;
        return Optional.of(stolen);
    }

    /** The next part of the run, now begun; empty when none is left or all of it is void. */
    synchronized OptionalInt begin(Run run) {
        return isVoid(run) || run.next >= run.end ? OptionalInt.empty() : OptionalInt.of(run.next++);
    }

    /** Whether what the run still brings is of no use. */
    synchronized boolean isVoid(Run run) {
        return isOver() || run.epoch != run.fetch.epoch;
    }

    /** Where a request for the rest of the run should end. */
    synchronized long endOffset(Run run) {
        return run.partial.grid().end(run.end);
    }

    /**
     * The worker is through with the run; parts that it did not complete are to be given out again.
     *
     * @param incomplete the part that was begun and not done
     */
    synchronized void leave(Run run, OptionalInt incomplete) {
        active.remove(run);
        run.fetch.workers--;
        if (run.epoch == run.fetch.epoch) {
            incomplete.ifPresent(run.fetch.unassigned::set);
            run.fetch.unassigned.set(run.next, Math.max(run.next, run.end));
        }
        if (!run.fetch.unassigned.isEmpty()) {
            notifyAll();
        }
    }

    /** Makes void what is fetched of the file, which is to start over; false if someone did so before. */
    synchronized boolean restart(FileFetch fetch, int epoch, FileFetch.Restart reason) {
        if (fetch.epoch != epoch || fetch.isPublished) {
            return false;
        }
        fetch.epoch = epoch + 1;
        fetch.restart = reason;
        fetch.unassigned.clear();
        return true;
    }

    /** Whether this caller shall make the file ready to start over: true for exactly one, when all workers have left it. */
    synchronized boolean claimRestart(FileFetch fetch) {
        if (fetch.restart == FileFetch.Restart.NONE || fetch.workers > 0 || fetch.isHandedOver || isOver()) {
            return false;
        }
        fetch.isHandedOver = true;
        return true;
    }

    /** The file can be fetched again. */
    synchronized void restarted(FileFetch fetch, Runnable change) {
        change.run();
        notifyAll();
    }

    /** Whether this caller shall finish the file: true for exactly one, when it is whole. */
    synchronized boolean claimFinish(FileFetch fetch) {
        boolean isBusy = fetch.workers > 0 || fetch.isHandedOver || fetch.restart != FileFetch.Restart.NONE;
        if (isBusy || isOver() || !fetch.partial.isWhole()) {
            return false;
        }
        fetch.isHandedOver = true;
        return true;
    }

    /** The file has its name. */
    synchronized void published(FileFetch fetch) {
        fetch.isPublished = true;
        files.remove(fetch);
        if (++published == total) {
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
        return Optional.ofNullable(end);
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
