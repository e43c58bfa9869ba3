// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;

/** Asks a store for its listing and does not wait for one that never answers. */
final class BoundedListing {

    private BoundedListing() {}

    /** @throws StoreException {@link StoreProblem#UNREACHABLE} if there is no listing within that time */
    static Listing of(Store store, Selection selection, Duration bound) throws StoreException, InterruptedException {
        FutureTask<Listing> question = new FutureTask<>(() -> store.list(selection));
        Thread asking = Thread.ofVirtual().name("warmup-listing").start(question);
        try {
            return question.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException silent) {
            throw new StoreException(new Failure.NoAnswer("list " + store.source(), Silence.TIMED_OUT,
                    "within " + bound.toSeconds() + " s", StoreProblem.UNREACHABLE), silent);
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case StoreException refused -> throw refused;
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException fault -> throw fault;
                case Error fault -> throw fault;
                case null, default -> throw new IllegalStateException("a listing fails by StoreException", failed);
            }
        } finally {
            asking.interrupt();
        }
    }
}
