// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;

import dev.lastcall.warmup.store.Listing;

/** Names for versions of models, made from what they consist of. */
final class Versions {

    private Versions() {}

    /** Equal for equal sets of files of equal versions. */
    static String of(Listing listing) {
        return hash(listing.source() + "\n"
                + listing.files()
                        .stream()
                        .map(file -> Manifest.Entry.of(file).toString())
                        .sorted()
                        .collect(Collectors.joining("\n")),
                16);
    }

    /** So many hexadecimal digits of the text's SHA-256. */
    static String hash(String text, int digits) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, digits);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
