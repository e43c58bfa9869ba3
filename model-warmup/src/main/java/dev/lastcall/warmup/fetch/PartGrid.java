// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

/**
 * The fixed division of a file into parts, all of the same size but the last.
 *
 * @param sizeBytes of the file
 * @param partBytes of every part but the last
 */
record PartGrid(long sizeBytes, int partBytes) {

    /** How many parts; none for an empty file. */
    int count() {
        return Math.toIntExact((sizeBytes + partBytes - 1) / partBytes);
    }

    /** Where the part begins. */
    long offset(int part) {
        return (long) part * partBytes;
    }

    /** Length of the part. */
    int length(int part) {
        return (int) Math.min(partBytes, sizeBytes - offset(part));
    }

    /** Where the part before {@code part} ends. */
    long end(int part) {
        return Math.min(sizeBytes, offset(part));
    }
}
