// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/**
 * CRC-64/NVME (NVM Express base specification; S3's default checksum), sixteen bytes a step from tables. The JDK has no
 * such class, and carry-less multiplication is out of its reach. Not thread-safe.
 */
public final class Crc64Nvme implements Checksum {

    /** The polynomial with its bits reversed, as the tables need it. */
    static final long POLYNOMIAL = 0x9a6c9329ac4bc9b5L;

    private static final int SLICES = 16;
    private static final long[][] TABLES = tables();

    private long state = ~0L;

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
        state = (state >>> 8) ^ TABLES[0][(int) (state ^ value) & 0xff];
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        update(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void update(ByteBuffer buffer) {
        ByteBuffer source = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int at = source.position();
        int end = source.limit();
        long crc = state;
        for (; end - at >= SLICES; at += SLICES) {
            crc = step(crc ^ source.getLong(at), source.getLong(at + 8));
        }
        for (; at < end; at++) {
            crc = (crc >>> 8) ^ TABLES[0][(int) (crc ^ source.get(at)) & 0xff];
        }
        state = crc;
        buffer.position(end);
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
    public long getValue() {
        return ~state;
    }

    @Override
    public void reset() {
        state = ~0L;
    }
}
