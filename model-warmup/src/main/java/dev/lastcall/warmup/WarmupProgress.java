// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.util.List;

import dev.lastcall.warmup.fetch.FetchProgress;

/**
 * A snapshot of a warm-up.
 *
 * @param phase what it is doing
 * @param files how many belong to the model; 0 until it is listed
 * @param filesDone have their names
 * @param bytes of all files
 * @param bytesDone in place, wherever they came from
 * @param connections at work
 * @param current files in hand
 */
public record WarmupProgress(Phase phase, int files, int filesDone, long bytes, long bytesDone, int connections,
        List<FetchProgress.FileProgress> current) {

    /** The steps, in their order. */
    public enum Phase {
        WAITING, LISTING, CHECKING, FETCHING, COMPLETING, WARM, FAILED
    }
}
