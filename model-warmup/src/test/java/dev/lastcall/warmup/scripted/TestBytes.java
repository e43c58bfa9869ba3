// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;

import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/** Bytes that differ everywhere, so that a misplaced one shows. */
public final class TestBytes {

    private TestBytes() {}

    /** The same for the same seed. */
    public static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** The digest by the JDK's own hand. */
    public static Digest sha256(byte[] bytes) {
        try {
            return Digest.ofBytes(DigestKind.SHA256, MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An object without end in no memory: each 8-byte word is a mix of its position. */
    public static ScriptedStore.Bytes endless(long size, long seed) {
        return new ScriptedStore.Bytes() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void copy(long from, byte[] into, int count) {
                for (int i = 0; i < count; i++) {
                    into[i] = at(from + i, seed);
                }
            }
        };
    }

    /** One byte of {@link #endless}. */
    public static byte at(long position, long seed) {
        long word = (position >>> 3) * 0x9E3779B97F4A7C15L + seed;
        word ^= word >>> 32;
        word *= 0xD6E8FEB86659FD93L;
        return (byte) (word >>> (8 * (position & 7)));
    }
}
