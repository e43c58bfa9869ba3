// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.util.List;

/**
 * A snapshot of a fetch.
 *
 * @param files how many
 * @param filesPublished how many of them have their name
 * @param totalBytes of all files
 * @param doneBytes in place, published or not; counts no byte twice
 * @param resumedBytes in place when it began
 * @param receivedBytes off the wire, those counted twice that were fetched twice
 * @param requests sent
 * @param retries after failures that may pass
 * @param throttled how often the store asked for fewer requests
 * @param abandoned connections given up because nothing, or next to nothing, came
 * @param peakConnections most at once
 * @param connections allowed now
 * @param spent where the time went
 * @param current the files in hand
 */
public record FetchProgress(int files, int filesPublished, long totalBytes, long doneBytes, long resumedBytes,
        long receivedBytes, long requests, long retries, long throttled, long abandoned, int peakConnections,
        int connections,
        Spent spent, List<FileProgress> current) {

    /**
     * A file that is being fetched.
     *
     * @param path its name
     * @param doneBytes in place
     * @param totalBytes its size
     */
    public record FileProgress(String path, long doneBytes, long totalBytes) {}

    /**
     * Nanoseconds; all but the first two summed over the workers.
     *
     * @param wall from beginning to end; 0 while it runs
     * @param flushing of it, after the last byte had come
     * @param reading waiting for bytes of the store
     * @param writing waiting for the disk
     * @param backingOff waiting because the store had failed or was overloaded
     * @param limited waiting because of the configured bandwidth
     */
    public record Spent(long wall, long flushing, long reading, long writing, long backingOff, long limited) {}
}
