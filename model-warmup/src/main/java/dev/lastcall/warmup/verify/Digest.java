// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A digest of a whole file: the kind and the value in lower-case hexadecimal.
 *
 * @param kind how it is computed
 * @param hex the value, {@code 2 * kind.sizeBytes()} characters
 */
public record Digest(DigestKind kind, String hex) {

    /** @throws IllegalArgumentException if the value does not have the length or the alphabet of its kind */
    public Digest {
        hex = hex.toLowerCase(Locale.ROOT);
        if (hex.length() != 2 * kind.sizeBytes()
                || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            throw new IllegalArgumentException("not a " + kind.label() + " in hexadecimal: \"" + hex + "\"");
        }
    }

    /** From the base64 that HTTP headers carry. */
    public static Digest ofBase64(DigestKind kind, String base64) {
        return ofBytes(kind, Base64.getDecoder().decode(base64));
    }

    /** From the bytes of the digest. */
    public static Digest ofBytes(DigestKind kind, byte[] bytes) {
        return new Digest(kind, HexFormat.of().formatHex(bytes));
    }

    /** From a CRC, whose bytes are big-endian wherever a store writes one. */
    public static Digest ofCrc(DigestKind kind, long crc) {
        return new Digest(kind, HexFormat.of().toHexDigits(crc, 2 * kind.sizeBytes()));
    }

    /** {@code kind:hex}, as in manifests. */
    @Override
    public String toString() {
        return kind.label() + ":" + hex;
    }

    /** The reverse of {@link #toString()}. */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        for (DigestKind kind : DigestKind.values()) {
            if (colon > 0 && kind.label().equals(text.substring(0, colon))) {
                return new Digest(kind, text.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException("not a digest: \"" + text + "\"");
    }
}
