// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

/**
 * The CRC of two adjoining pieces from the CRCs of each, without their bytes: the first is shifted past the second's
 * length by a multiplication modulo the polynomial. Parts can so be summed in whatever order they arrive. Stateless.
 *
 * <p>Holds for reflected CRCs that start and end with all bits inverted, as all of ours do.
 */
public final class CrcCombination {

    private static final long CRC32C_POLYNOMIAL = 0x82f63b78L;
    private static final long CRC32_POLYNOMIAL = 0xedb88320L;

    private final long polynomial;
    private final long one;

    private CrcCombination(long polynomial, int bits) {
        this.polynomial = polynomial;
        this.one = 1L << (bits - 1);
    }

    /** @throws IllegalArgumentException if the kind is not a CRC */
    public static CrcCombination of(DigestKind kind) {
        return switch (kind) {
            case CRC64NVME -> new CrcCombination(Crc64Nvme.POLYNOMIAL, 64);
            case CRC32C -> new CrcCombination(CRC32C_POLYNOMIAL, 32);
            case CRC32 -> new CrcCombination(CRC32_POLYNOMIAL, 32);
            case SHA256, GIT_SHA1, MD5 -> throw new IllegalArgumentException(kind.label() + " cannot be combined");
        };
    }

    /** The CRC of {@code first} followed by {@code second}, where {@code second} is that many bytes long. */
    public long combine(long first, long second, long secondBytes) {
        return multiply(power(secondBytes), first) ^ second;
    }

    /** x to the power of eight times {@code bytes}, modulo the polynomial. */
    private long power(long bytes) {
        long square = one >>> 8;
        long product = one;
        for (long left = bytes; left > 0; left >>>= 1) {
            if ((left & 1) != 0) {
                product = multiply(square, product);
            }
            square = multiply(square, square);
        }
        return product;
    }

    private long multiply(long a, long b) {
        long product = 0;
        long shifted = b;
        for (long mask = one; mask != 0; mask >>>= 1) {
            if ((a & mask) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
        }
        return product;
    }
}
