// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/** The {@code SHA256SUMS} file that coreutils' sha256sum writes: one digest and one relative name a line. */
final class Sha256Sums {

    /** The customary name of the file. */
    static final String NAME = "SHA256SUMS";

    /** A hundred thousand lines of usual length. */
    static final int MAX_BYTES = 16 << 20;

    private static final Pattern LINE = Pattern.compile("([0-9a-fA-F]{64})[ \\t]+[* ]?(?:\\./)?(.+)");

    private Sha256Sums() {}

    /** @throws StoreException {@link StoreProblem#MALFORMED} at a line that is none, or at two digests for one name */
    static Map<String, Digest> parse(String source, String text) throws StoreException {
        Map<String, Digest> sums = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new StoreException(StoreProblem.UNSUPPORTED,
                        source + ": a line that is no \"digest  name\": is it really a " + NAME + " file?");
            }
            Digest digest = new Digest(DigestKind.SHA256, matcher.group(1));
            Digest before = sums.putIfAbsent(matcher.group(2), digest);
            if (before != null && !before.equals(digest)) {
                throw new StoreException(StoreProblem.UNSUPPORTED,
                        source + ": two different digests for " + matcher.group(2));
            }
        }
        return sums;
    }
}
