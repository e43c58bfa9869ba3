// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Takes a text as it comes and keeps only the lines that are wanted, so that a page of metrics of some megabytes costs its few
 * lines that count. Confined to one thread.
 */
final class LineFilter {

    /** Longest line that can be kept; a sample with all its labels is some hundred characters. */
    static final int MAX_LINE = 16 * 1024;

    /** Most that is kept in sum. */
    static final int MAX_KEPT = 256 * 1024;

    private final Predicate<String> wanted;
    private final StringBuilder kept = new StringBuilder();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean tooLong;
    private boolean whole = true;

    /** @param wanted which lines; asked once for each, in order */
    LineFilter(Predicate<String> wanted) {
        this.wanted = wanted;
    }

    void take(byte[] bytes) {
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                append(bytes, start, i);
                endLine();
                start = i + 1;
            }
        }
        append(bytes, start, bytes.length);
    }

    /** The text is over; its last line may have no end. */
    void end() {
        endLine();
    }

    private void append(byte[] bytes, int from, int to) {
        int room = MAX_LINE - line.size();
        line.write(bytes, from, Math.min(to - from, room));
        tooLong |= to - from > room;
    }

    private void endLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (wanted.test(text)) {
            if (tooLong || kept.length() + text.length() >= MAX_KEPT) {
                whole = false;
            } else {
                kept.append(text).append('\n');
            }
        }
        tooLong = false;
    }

    /** What was kept so far. */
    String text() {
        return kept.toString();
    }

    /** Whether every wanted line has been kept. */
    boolean isWhole() {
        return whole;
    }
}
