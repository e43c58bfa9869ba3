// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.Comparator;
import java.util.Locale;

/** The order in which a loader reads a model: configuration, tokenizer, the index of the shards, then the shards. */
final class ReadingOrder {

    static final Comparator<RemoteFile> BY_PATH = Comparator.comparing(RemoteFile::path, ReadingOrder::compare);

    private ReadingOrder() {}

    static int compare(String left, String right) {
        int byRank = Integer.compare(rank(left), rank(right));
        return byRank != 0 ? byRank : compareNaturally(left, right);
    }

    private static int rank(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        if (name.equals("config.json") || name.equals("params.json")) {
            return 0;
        }
        if (name.contains("token") || name.startsWith("vocab") || name.startsWith("merges")) {
            return 2;
        }
        if (name.endsWith(".index.json")) {
            return 3;
        }
        boolean small = name.endsWith(".json") || name.endsWith(".txt") || name.endsWith(".md")
                || name.endsWith(".jinja")
                || name.endsWith(".py") || name.endsWith(".model");
        return small ? 1 : 4;
    }

    /** Runs of digits compare as numbers, so that shard 10 follows shard 9. */
    private static int compareNaturally(String left, String right) {
        int i = 0;
        int j = 0;
        while (i < left.length() && j < right.length()) {
            if (isDigit(left.charAt(i)) && isDigit(right.charAt(j))) {
                int endLeft = endOfDigits(left, i);
                int endRight = endOfDigits(right, j);
                int byValue = compareDigits(left.substring(i, endLeft), right.substring(j, endRight));
                if (byValue != 0) {
                    return byValue;
                }
                i = endLeft;
                j = endRight;
            } else {
                int byCharacter = Character.compare(left.charAt(i), right.charAt(j));
                if (byCharacter != 0) {
                    return byCharacter;
                }
                i++;
                j++;
            }
        }
        int byRest = Integer.compare(left.length() - i, right.length() - j);
        return byRest != 0 ? byRest : left.compareTo(right);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int endOfDigits(String text, int from) {
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int compareDigits(String left, String right) {
        String a = left.replaceFirst("^0+(?=.)", "");
        String b = right.replaceFirst("^0+(?=.)", "");
        int byLength = Integer.compare(a.length(), b.length());
        return byLength != 0 ? byLength : a.compareTo(b);
    }
}
