// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.listing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/** The {@code SHA256SUMS} file that coreutils' sha256sum writes: one digest and one relative name a line. */
public final class Sha256Sums {

    /** The customary name of the file. */
    public static final String NAME = "SHA256SUMS";

    /** A hundred thousand lines of usual length. */
    public static final int MAX_BYTES = 16 << 20;

    private static final Pattern LINE = Pattern.compile("\\\\?([0-9a-fA-F]{64})[ \\t]+[* ]?(?:\\./)?(.+)");

    /** As {@code sha256sum --tag} and the BSDs write it. */
    private static final Pattern TAGGED = Pattern.compile("SHA256 \\((?:\\./)?(.+)\\) = ([0-9a-fA-F]{64})");

    private Sha256Sums() {}

    /**
     * The digests by name; a list that names itself does not vouch for itself.
     *
     * @throws StoreException {@link StoreProblem#UNSUPPORTED} at a line that is none, or at two digests for one name
     */
    public static Map<String, Digest> parse(StoreFamily family, String source, String text) throws StoreException {
        Map<String, Digest> sums = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            Matcher tagged = TAGGED.matcher(line);
            boolean isPlain = matcher.matches();
            if (!isPlain && !tagged.matches()) {
                throw new StoreException(new Failure.BadAnswer(family, source, AnswerFault.NOT_SUMS));
            }
            String name = isPlain ? matcher.group(2) : tagged.group(1);
            Digest digest = new Digest(DigestKind.SHA256, isPlain ? matcher.group(1) : tagged.group(2));
            Digest before = sums.putIfAbsent(name, digest);
            if (before != null && !before.equals(digest)) {
                throw new StoreException(new Failure.BadAnswer(family, source, AnswerFault.TWO_DIGESTS, name));
            }
        }
        sums.remove(NAME);
        return sums;
    }
}
