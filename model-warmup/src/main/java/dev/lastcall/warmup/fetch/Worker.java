// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalInt;

import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.PartSum;
import org.jspecify.annotations.Nullable;

/**
 * One thread, one connection, one buffer: takes runs, reads them and writes them in place, and goes on from the byte
 * reached when the store fails. Never interrupted: the supervisor closes its connection instead.
 */
final class Worker implements Runnable {

    private final int index;
    private final Engine engine;
    private final RangeReader reader;
    private final RetryBudget retryBudget;
    private PartSum sum = PartSum.forDigest(java.util.Optional.empty());
    private boolean isOpen;
    private int reached;
    private long sinceOpen;
    private volatile @Nullable FileFetch current;
    private volatile boolean isReading;
    private volatile boolean isGivenUp;
    private volatile long lastByteAt;
    private volatile long openedAt;
    private volatile long bytesSinceOpen;

    Worker(int index, Engine engine) {
        this.index = index;
        this.engine = engine;
        this.reader = engine.store().openReader();
        this.retryBudget = new RetryBudget(engine.settings().giveUpAfter());
    }

    @Override
    public void run() {
        // Not from ByteBuffer's own pool, whose limit is the heap's and which frees when the collector pleases.
        try (Arena arena = Arena.ofConfined(); reader) {
            ByteBuffer buffer = arena.allocate(engine.settings().bufferBytes(index), DataFile.ALIGNMENT)
                    .asByteBuffer();
            for (var run = engine.schedule().take(index); run.isPresent(); run = engine.schedule().take(index)) {
                work(run.get(), buffer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            engine.schedule()
                    .fail(new FetchException(FetchException.Reason.CANCELLED,
                            new Failure.Ended("a data worker", Ending.INTERRUPTED), e));
        } catch (RuntimeException | Error e) {
            engine.schedule()
                    .fail(new FetchException(FetchException.Reason.DISK,
                            new Failure.Ended("a data worker", Ending.UNFORESEEN), e));
        }
    }

    private void work(Run run, ByteBuffer buffer) throws InterruptedException {
        OptionalInt part = OptionalInt.empty();
        current = run.fetch;
        sum = PartSum.forDigest(run.file.bestDigest().map(Digest::kind));
        try {
            for (part = engine.schedule().begin(run); part.isPresent(); part = engine.schedule().begin(run)) {
                if (!fetchPart(run, part.getAsInt(), buffer)) {
                    break;
                }
            }
        } catch (IOException e) {
            engine.giveUp(run.fetch, FetchException.ofDisk(e, run.file.path(), run.partial.path()));
        } finally {
            isReading = false;
            isOpen = false;
            current = null;
            reader.finish();
            engine.left(run, part);
        }
    }

    /** False if the run is void or the fetch is over. */
    private boolean fetchPart(Run run, int part, ByteBuffer buffer) throws IOException, InterruptedException {
        PartGrid grid = run.partial.grid();
        int length = grid.length(part);
        sum.reset();
        reached = 0;
        retryBudget.begin(System.nanoTime());
        while (reached < length) {
            if (engine.schedule().isVoid(run)) {
                return false;
            }
            StoreException failure = null;
            // After a failure at an odd place the next buffer is short, so that those after it are aligned again.
            buffer.clear().limit(Math.min(buffer.capacity() - reached % DataFile.ALIGNMENT, length - reached));
            try {
                fill(run, grid.offset(part) + reached, buffer);
            } catch (StoreException e) {
                failure = e;
            }
            isReading = false;
            keep(run, grid.offset(part), buffer.flip());
            if (failure != null) {
                isOpen = false;
                reader.finish();
                if (!recover(run, part, failure)) {
                    return false;
                }
            }
        }
        run.partial.complete(part, sum.value());
        return true;
    }

    private void fill(Run run, long offset, ByteBuffer buffer) throws StoreException, InterruptedException {
        if (!isOpen) {
            engine.schedule().awaitUnpaused();
            touch();
            sinceOpen = 0;
            bytesSinceOpen = 0;
            openedAt = lastByteAt;
            isReading = true;
            engine.meters().requests.increment();
            long end = engine.schedule().endOffset(run);
            reader.open(run.file, offset, end - offset);
            isOpen = true;
        }
        long began = System.nanoTime();
        isReading = true;
        lastByteAt = began;
        while (buffer.hasRemaining()) {
            int count = readAndSum(buffer);
            lastByteAt = System.nanoTime();
            sinceOpen += count;
            bytesSinceOpen = sinceOpen;
            if (engine.bandwidth().isLimited()) {
                isReading = false;
                engine.bandwidth().pay(count);
                touch();
                isReading = true;
            }
        }
        engine.meters().readNanos.add(lastByteAt - began);
        engine.meters().lastByteAt.lazySet(lastByteAt);
    }

    /** Sums at once, while the processor's own caches still hold what was received; also what came before a failure. */
    private int readAndSum(ByteBuffer buffer) throws StoreException {
        int before = buffer.position();
        try {
            return reader.read(buffer);
        } finally {
            sum.update(buffer.slice(before, buffer.position() - before));
        }
    }

    private void touch() {
        isGivenUp = false;
        lastByteAt = System.nanoTime();
    }

    private void keep(Run run, long partOffset, ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (count == 0) {
            return;
        }
        long began = System.nanoTime();
        run.partial.write(bytes, partOffset + reached);
        engine.meters().writeNanos.add(System.nanoTime() - began);
        engine.meters().receivedBytes.add(count);
        run.fetch.bytes.add(count);
        reached += count;
    }

    /** Decides what comes of a failure; true to go on with the part. */
    private boolean recover(Run run, int part, StoreException failure) throws InterruptedException {
        StoreProblem problem = isGivenUp ? StoreProblem.STALLED : failure.problem();
        if (engine.schedule().isVoid(run)) {
            giveBack(run);
            return false;
        }
        switch (problem) {
            case RANGE_IGNORED -> restart(run, TransferEvent.Cause.RANGE_IGNORED, failure);
            case CHANGED -> restart(run, TransferEvent.Cause.CHANGED, failure);
            case MISSING -> engine.changed(failure.failure(), failure);
            case REFUSED, UNSUPPORTED -> giveUp(run, failure);
            case UNREACHABLE, SHORT, STALLED, THROTTLED, FAULTY, EXPIRED, MALFORMED -> {
                engine.meters().retries.increment();
                if (!retryBudget.endures(problem, reached, System.nanoTime())) {
                    giveUp(run, failure);
                } else if (!run.file.ranged() && (reached > 0 || part > 0)) {
                    engine.backOff(problem, failure.retryAfter(), retryBudget.failures());
                    restart(run, TransferEvent.Cause.STREAM_BROKEN, failure);
                } else {
                    engine.backOff(problem, failure.retryAfter(), retryBudget.failures());
                    boolean mayLeave = problem == StoreProblem.THROTTLED && reached == 0;
                    return !(mayLeave && engine.schedule().isSpare(index));
                }
            }
        }
        giveBack(run);
        return false;
    }

    /** The bytes of a part that is not completed count no more. */
    private void giveBack(Run run) {
        run.fetch.bytes.add(-reached);
        reached = 0;
    }

    private void restart(Run run, TransferEvent.Cause cause, StoreException failure) {
        engine.restart(run.fetch, run.attempt, cause, failure);
    }

    private void giveUp(Run run, StoreException failure) {
        engine.giveUp(run.fetch, new FetchException(FetchException.Reason.STORE, failure.failure(), failure));
    }

    /** From the supervisor: gives the connection up if no byte came for that long. */
    void abortIfStalled(long now, Duration limit) {
        if (isReading && now - lastByteAt > limit.toNanos()) {
            giveUp();
        }
    }

    /** From the supervisor: gives the connection up if it is slower than {@code bytesPerSecond} after that long. */
    void abortIfSlow(long now, Duration after, double bytesPerSecond) {
        if (isReading && now - openedAt > after.toNanos() && rate(now) < bytesPerSecond) {
            giveUp();
        }
    }

    private void giveUp() {
        engine.meters().abandoned.increment();
        isGivenUp = true;
        reader.abort();
    }

    /** Bytes a second of the request in the air; negative if there is none that has lasted. */
    double rate(long now) {
        long nanos = now - openedAt;
        return isReading && nanos > 100_000_000L ? bytesSinceOpen * 1e9 / nanos : -1;
    }

    /** Ends whatever it waits for, if it is on that file. */
    void abortIfOn(FileFetch fetch) {
        if (current == fetch) {
            reader.abort();
        }
    }

    void abort() {
        reader.abort();
    }
}
