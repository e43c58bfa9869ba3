// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A digest that needs every byte of the file in order: SHA-256, git's blob id, MD5. Not thread-safe. */
public final class OrderedHash {

    private final DigestKind kind;
    private final MessageDigest hash;

    private OrderedHash(DigestKind kind, MessageDigest hash) {
        this.kind = kind;
        this.hash = hash;
    }

    /** @throws IllegalArgumentException if the kind is a CRC, which is combined from parts instead */
    public static OrderedHash start(DigestKind kind, long fileSizeBytes) {
        OrderedHash hash = new OrderedHash(kind, algorithm(switch (kind) {
            case SHA256 -> "SHA-256";
            case GIT_SHA1 -> "SHA-1";
            case MD5 -> "MD5";
            case CRC64NVME, CRC32C, CRC32 -> throw new IllegalArgumentException(kind.label() + " needs no order");
        }));
        if (kind == DigestKind.GIT_SHA1) {
            hash.hash.update(("blob " + fileSizeBytes + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        return hash;
    }

    private static MessageDigest algorithm(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + name, e);
        }
    }

    /** Adds the bytes between position and limit and consumes them. */
    public void update(ByteBuffer bytes) {
        hash.update(bytes);
    }

    /** Ends the computation. */
    public Digest finish() {
        return Digest.ofBytes(kind, hash.digest());
    }
}
