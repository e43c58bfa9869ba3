// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

/** Whose turn it is to fetch, where several models share a network and a disk. Called on the thread of the warm-up. */
@FunctionalInterface
public interface FetchTurn {

    /** No fetch waits for another. */
    FetchTurn FREE = () -> {};

    /** Waits until this model may be fetched; called when it is known what is to be fetched, and not where nothing is. */
    void await() throws InterruptedException;
}
