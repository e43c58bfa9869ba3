// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.listing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;

/**
 * Looks at many files, several at once. The first failure ends the others: a listing with a hole is none, since neither the
 * version nor the room that it takes is known, and no part of a model may pass for the model.
 */
public final class ParallelLookups {

    /** What any server takes, one that a user starts for a day included. */
    public static final int FEW = 8;

    /** For a store that is made for thousands a second: a thousand small files are looked at in a second and not in five. */
    public static final int MANY = 32;

    private ParallelLookups() {}

    /**
     * Looks at one thing.
     *
     * @param <T> what names it
     */
    @FunctionalInterface
    public interface Look<T> {
        /** Looks. */
        RemoteFile at(T thing) throws StoreException, InterruptedException;
    }

    /**
     * The files in the order of the things.
     *
     * @param atOnce how many are looked at at a time
     */
    public static <T> List<RemoteFile> all(List<T> things, int atOnce, Look<T> look)
            throws StoreException, InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().name("look-", 0).factory());
        try {
            List<Future<RemoteFile>> looks = new ArrayList<>(things.size());
            for (T thing : things) {
                looks.add(executor.submit(() -> look.at(thing)));
            }
            List<RemoteFile> files = new ArrayList<>(things.size());
            for (Future<RemoteFile> pending : looks) {
                files.add(pending.get());
            }
            return files;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw failure;
            }
            throw new IllegalStateException("a look failed in an unforeseen way: " + e.getCause(), e);
        } finally {
            executor.shutdownNow();
        }
    }
}
