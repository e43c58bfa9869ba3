// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Crc64NvmeTest {

    /** The definition, a bit at a time. */
    private static long bitByBit(byte[] bytes) {
        long crc = ~0L;
        for (byte value : bytes) {
            crc ^= value & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? (crc >>> 1) ^ Crc64Nvme.POLYNOMIAL : crc >>> 1;
            }
        }
        return ~crc;
    }

    @Test
    void whatTheWordsAreMovedByIsAMultipleOfThePolynomial() {
        long power = 1L << 63;
        long sum = 0;
        int term = 0;
        for (int exponent = 0; term < Crc64Nvme.MULTIPLE.length; exponent++) {
            if (exponent == Crc64Nvme.MULTIPLE[term]) {
                sum ^= power;
                term++;
            }
            for (int bit = 0; bit < 64; bit++) {
                power = (power & 1) != 0 ? (power >>> 1) ^ Crc64Nvme.POLYNOMIAL : power >>> 1;
            }
        }

        assertThat(sum).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 1851 * 8, 1852 * 8, 1852 * 8 + 5, 2048 * 8 - 1, 2048 * 8, 3900 * 8,
        4096 * 8 + 3, 100_003})
    void itIsTheRemainderWhateverTheLengthAndTheCuts(int length) {
        SplittableRandom random = new SplittableRandom(length);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        Crc64Nvme crc = new Crc64Nvme();
        for (int round = 0; round < 5; round++) {
            crc.reset();
            for (int at = 0; at < length;) {
                int count = 1 + random.nextInt(Math.min(length - at, round % 2 == 0 ? 20_000 : 3_000));
                ByteBuffer piece = round == 4
                        ? ByteBuffer.allocateDirect(count).put(bytes, at, count).flip()
                        : ByteBuffer.wrap(bytes, at, count);
                crc.update(piece);
                at += count;
                assertThat(piece.hasRemaining()).isFalse();
                // A look in between changes nothing.
                crc.getValue();
            }

            assertThat(crc.getValue()).isEqualTo(bitByBit(bytes));
        }
    }
}
