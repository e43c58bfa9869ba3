// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

/**
 * Hears what becomes of the long-lived parts of a program: the {@linkplain SupervisedLoop loops} and the listeners that are called by
 * one. Called on the thread of the part; must not block. Thread-safe.
 */
public interface LoopObserver {

    /**
     * An iteration of {@code part} ended by {@code fault}; the part goes on. Called for each, so that they can be counted.
     *
     * @param part the name of the loop or of the listener
     */
    void failed(String part, Throwable fault);

    /** An iteration of {@code part} succeeded after others had failed. */
    void recovered(String part);

    /** Hears nothing. */
    LoopObserver NONE = new LoopObserver() {
        @Override
        public void failed(String part, Throwable fault) {
            // Ignored.
        }

        @Override
        public void recovered(String part) {
            // Ignored.
        }
    };
}
