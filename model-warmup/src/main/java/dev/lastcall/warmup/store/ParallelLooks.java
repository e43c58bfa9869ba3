// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks at many files, several at once; the first failure ends the others. */
public final class ParallelLooks {

    /** A look takes a round trip or two; more at once gains little and is felt by small stores. */
    private static final int AT_ONCE = 8;

    private ParallelLooks() {}

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

    /** The files in the order of the things. */
    public static <T> List<RemoteFile> all(List<T> things, Look<T> look) throws StoreException, InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("look-", 0).factory());
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
