// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.nio.ByteBuffer;

/**
 * Has the code of a sum compiled by one thread before many need it. Java counts what it has not compiled yet, and threads
 * that count in the same words of memory at once hold each other up: eight that begin with CRC-64 together make a hundredth of
 * the speed of one for half a second, sixteen for a whole one, where one alone has it compiled in a twentieth.
 */
final class Rehearsal {

    private static final int PIECE_BYTES = 64 << 10;

    /** Not compiled, code is a hundred times as slow, and with counters in it a handful of times. */
    private static final int COMPILED_SPEEDUP = 20;

    /** The end where nothing is ever compiled. */
    private static final long MAX_NANOS = 250_000_000;

    private static final class OfCrc64 {

        static {
            rehearse(new Crc64Nvme());
        }

        private OfCrc64() {}

        @SuppressWarnings("EmptyMethod") // what there is to do is done before it, once in a process
        static void await() {}
    }

    private Rehearsal() {}

    /** Returns when the sum is fast; at once but for the first time in a process. Thread-safe. */
    static void of(DigestKind kind) {
        switch (kind) {
            case CRC64NVME -> OfCrc64.await();
            case CRC32, CRC32C, SHA256, GIT_SHA1, MD5 -> {
                // The JVM brings these ready-made.
            }
        }
    }

    private static void rehearse(Crc64Nvme sum) {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        round(sum, piece); // the first has the loading of classes in it
        long began = System.nanoTime();
        long slow = round(sum, piece);
        while (round(sum, piece) * COMPILED_SPEEDUP > slow && System.nanoTime() - began < MAX_NANOS) {
            // The rounds themselves are what this is for.
        }
    }

    private static long round(Crc64Nvme sum, ByteBuffer piece) {
        long began = System.nanoTime();
        sum.update(piece.duplicate());
        sum.getValue();
        return System.nanoTime() - began;
    }
}
