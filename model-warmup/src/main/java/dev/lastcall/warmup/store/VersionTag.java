// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.Optional;

/**
 * An entity tag (RFC 9110, 8.8.3): the name of one version of an object. It says nothing about the bytes, whatever its
 * shape: 32 hexadecimal digits are no MD5 and 40 are no SHA-1.
 *
 * @param opaque with its quotation marks where the server sent them
 * @param isWeak whether the server promises only that versions with this tag mean the same
 */
public record VersionTag(String opaque, boolean isWeak) {

    private static final String WEAK = "W/";

    /** From the text of a field; empty where it has no content. Stores that leave the quotation marks out are understood. */
    public static Optional<VersionTag> parse(String text) {
        String stripped = text.strip();
        boolean isWeak = stripped.startsWith(WEAK) || stripped.startsWith("w/");
        String opaque = isWeak ? stripped.substring(WEAK.length()) : stripped;
        boolean isEmpty = opaque.replace("\"", "").isBlank();
        return isEmpty ? Optional.empty() : Optional.of(new VersionTag(opaque, isWeak));
    }

    /** The strong comparison (RFC 9110, 8.8.3.2): both name the same bytes. */
    public boolean matchesStrongly(VersionTag other) {
        return !isWeak && !other.isWeak && opaque.equals(other.opaque);
    }

    /** The weak comparison (RFC 9110, 8.8.3.2): a proxy that compresses weakens the tag of what it passes on. */
    public boolean matchesWeakly(VersionTag other) {
        return opaque.equals(other.opaque);
    }

    /** As it goes onto the wire. */
    @Override
    public String toString() {
        return isWeak ? WEAK + opaque : opaque;
    }
}
