// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Checksum;

/**
 * CRC-64/NVME (NVM Express base specification; S3's default checksum). The JDK has no such class, and carry-less
 * multiplication is out of its reach. Not thread-safe.
 *
 * <p>The bulk is folded by additions alone. A polynomial with few terms, all of whose exponents are multiples of 64, is a
 * multiple of the CRC's own; so a word can be taken out of the message if it is added, as it is, to seven words further on.
 * That is a loop over an array of {@code long} which the compiler turns into vector instructions: four to ten times as fast
 * as tables. What cannot be moved on, as the message ends before, is divided by tables.
 */
public final class Crc64Nvme implements Checksum {

    /** The polynomial with its bits reversed, as the tables need it. */
    static final long POLYNOMIAL = 0x9a6c9329ac4bc9b5L;

    /** The multiple, found by search: x to the power of 64 times each of these. */
    static final int[] MULTIPLE = {0, 204, 394, 601, 848, 895, 1621, 1852};

    /** How far a word goes, one for each term; constants, since only so the compiler sees that nothing overlaps. */
    private static final int WINDOW = 1852;
    private static final int MOVE_1 = WINDOW - 204;
    private static final int MOVE_2 = WINDOW - 394;
    private static final int MOVE_3 = WINDOW - 601;
    private static final int MOVE_4 = WINDOW - 848;
    private static final int MOVE_5 = WINDOW - 895;
    private static final int MOVE_6 = WINDOW - 1621;
    private static final int[] MOVES = {WINDOW, MOVE_1, MOVE_2, MOVE_3, MOVE_4, MOVE_5, MOVE_6};

    /** With the window it fits into a first-level cache. */
    private static final int BLOCK = 2048;

    private static final int SLICES = 16;
    private static final long[][] TABLES = tables();

    /** The last words that were folded, and the block that is being filled. */
    private final long[] words = new long[WINDOW + BLOCK];
    private int filled;
    private boolean isEmpty = true;
    private long partial;
    private int partialBytes;

    private static long[][] tables() {
        long[][] tables = new long[SLICES][256];
        for (int index = 0; index < 256; index++) {
            long crc = index;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
            }
            tables[0][index] = crc;
        }
        for (int slice = 1; slice < SLICES; slice++) {
            for (int index = 0; index < 256; index++) {
                long before = tables[slice - 1][index];
                tables[slice][index] = (before >>> 8) ^ tables[0][(int) before & 0xff];
            }
        }
        return tables;
    }

    @Override
    public void update(int value) {
        partial |= (value & 0xffL) << (8 * partialBytes);
        if (++partialBytes == Long.BYTES) {
            words[WINDOW + filled] = partial;
            partial = 0;
            partialBytes = 0;
            added(1);
        }
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        update(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void update(ByteBuffer buffer) {
        while (partialBytes > 0 && buffer.hasRemaining()) {
            update(buffer.get());
        }
        ByteBuffer source = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
        while (source.remaining() >= Long.BYTES) {
            int count = Math.min(BLOCK - filled, source.remaining() / Long.BYTES);
            source.asLongBuffer().get(words, WINDOW + filled, count);
            source.position(source.position() + count * Long.BYTES);
            added(count);
        }
        while (source.hasRemaining()) {
            update(source.get());
        }
        buffer.position(buffer.limit());
    }

    private void added(int count) {
        if (isEmpty) {
            // The CRC starts with all bits set, which is the same as to invert as many bits of the message.
            words[WINDOW] = ~words[WINDOW];
            isEmpty = false;
        }
        filled += count;
        if (filled == BLOCK) {
            fold(words, BLOCK);
            System.arraycopy(words, BLOCK, words, 0, WINDOW);
            filled = 0;
        }
    }

    /** Adds to each word of the block all that is moved there. */
    private static void fold(long[] words, int count) {
        for (int i = WINDOW; i < WINDOW + count; i++) {
            words[i] ^= words[i - WINDOW] ^ words[i - MOVE_1] ^ words[i - MOVE_2] ^ words[i - MOVE_3]
                    ^ words[i - MOVE_4] ^ words[i - MOVE_5] ^ words[i - MOVE_6];
        }
    }

    /** Takes out of the last {@link #WINDOW} words what would have been moved beyond the end as well. */
    private static void unfold(long[] words, int first) {
        for (int i = first + WINDOW - 1; i >= first; i--) {
            for (int move : MOVES) {
                if (i - move >= first) {
                    words[i] ^= words[i - move];
                }
            }
        }
    }

    @Override
    public long getValue() {
        long crc = ~0L;
        if (!isEmpty) {
            long[] last = words.clone();
            fold(last, filled);
            unfold(last, filled);
            crc = 0;
            for (int i = filled; i < filled + WINDOW; i += 2) {
                crc = step(crc ^ last[i], last[i + 1]);
            }
        }
        for (int i = 0; i < partialBytes; i++) {
            crc = (crc >>> 8) ^ TABLES[0][(int) (crc ^ (partial >>> (8 * i))) & 0xff];
        }
        return ~crc;
    }

    private static long step(long low, long high) {
        return TABLES[15][(int) low & 0xff] ^ TABLES[14][(int) (low >>> 8) & 0xff]
                ^ TABLES[13][(int) (low >>> 16) & 0xff] ^ TABLES[12][(int) (low >>> 24) & 0xff]
                ^ TABLES[11][(int) (low >>> 32) & 0xff] ^ TABLES[10][(int) (low >>> 40) & 0xff]
                ^ TABLES[9][(int) (low >>> 48) & 0xff] ^ TABLES[8][(int) (low >>> 56)] ^ TABLES[7][(int) high & 0xff]
                ^ TABLES[6][(int) (high >>> 8) & 0xff] ^ TABLES[5][(int) (high >>> 16) & 0xff]
                ^ TABLES[4][(int) (high >>> 24) & 0xff] ^ TABLES[3][(int) (high >>> 32) & 0xff]
                ^ TABLES[2][(int) (high >>> 40) & 0xff] ^ TABLES[1][(int) (high >>> 48) & 0xff]
                ^ TABLES[0][(int) (high >>> 56)];
    }

    @Override
    public void reset() {
        Arrays.fill(words, 0, WINDOW, 0);
        filled = 0;
        isEmpty = true;
        partial = 0;
        partialBytes = 0;
    }
}
