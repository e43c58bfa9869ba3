// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

/**
 * What the agent holds when no client is there.
 *
 * @param heapKibibytes after a collection
 * @param descriptors open ones
 * @param residentKibibytes its RSS, for people
 */
record Measurement(long heapKibibytes, long descriptors, long residentKibibytes) {

    /** Later records, compiled code's profiles and caches that fill once; a leak of each request's is far more. */
    private static final long HEAP_SLACK = 4 * 1024;
    private static final double HEAP_SHARE = 0.15;
    private static final long DESCRIPTOR_SLACK = 6;

    boolean isHeapFlat(Measurement later) {
        return later.heapKibibytes <= heapKibibytes + Math.max(HEAP_SLACK, (long) (heapKibibytes * HEAP_SHARE));
    }

    boolean areDescriptorsFlat(Measurement later) {
        return later.descriptors <= descriptors + DESCRIPTOR_SLACK;
    }
}
