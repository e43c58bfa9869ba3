// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the raw bytes of a request's head before the decoder does, for what a decoder forgives and the next server may
 * read otherwise: a bare CR or LF, a folded line, a control byte, a request line with more or less than three words. Each
 * byte is looked at once, however the head is chopped. Confined to the event loop.
 */
final class RawHeadValidator {

    /** Empty lines before a request line are to be ignored (RFC 9112, 2.2), but not for ever. */
    private static final int MOST_LEADING_LINES = 4;
    /** Between method, target and version (RFC 9112, 3). */
    private static final int SPACES = 2;
    /** One in each byte of a word. */
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x8080808080808080L;

    private final int maxFields;
    private int scanned;
    private int lines;
    private int leadingLines;
    private int lineLength;
    private int longestLine;
    private int spaces;
    private boolean afterSpace;
    private boolean afterCr;
    private boolean ended;
    private String where = "its head has ";
    private @Nullable String problem;
    private boolean tooMany;

    RawHeadValidator(int maxFields) {
        this.maxFields = maxFields;
    }

    /** Looks at what is new of the head that begins or goes on at the buffer's reader index; false if it is bad. */
    boolean scan(ByteBuf buffer) {
        int at = buffer.readerIndex() + scanned;
        int end = buffer.writerIndex();
        boolean goesOn = !ended && problem == null;
        while (goesOn && at < end) {
            if (lines > 0 && lineLength > 0 && !afterCr) {
                int text = textBytes(buffer, at, end);
                lineLength += text;
                at += text;
            }
            if (at < end) {
                goesOn = process(buffer.getByte(at));
                at++;
            }
        }
        scanned = Math.max(scanned, at - buffer.readerIndex());
        return problem == null;
    }

    /** How many bytes from here on are surely text, in whole words of eight: most of a head is looked at so. */
    private static int textBytes(ByteBuf buffer, int from, int end) {
        int at = from;
        while (end - at >= Long.BYTES) {
            long word = buffer.getLongLE(at);
            // The lowest of the highest bits that are set is that of the first byte below a space, or that is a DEL.
            long deletes = word ^ (EACH * 0x7f);
            long special = (((word - EACH * ' ') & ~word) | ((deletes - EACH) & ~deletes)) & HIGHEST_BITS;
            if (special != 0) {
                return at + (Long.numberOfTrailingZeros(special) >>> 3) - from;
            }
            at += Long.BYTES;
        }
        return at - from;
    }

    /** The decoder has taken that many bytes. */
    void consumed(int bytes) {
        scanned = Math.max(0, scanned - bytes);
    }

    /** Begins with the trailer fields of a chunked body, which are held to what a head is held to. */
    void restartAtTrailers() {
        restart();
        lines = 1;
        where = "its trailer has ";
    }

    /** Begins with the next request. */
    void restart() {
        where = "its head has ";
        scanned = 0;
        lines = 0;
        leadingLines = 0;
        lineLength = 0;
        spaces = 0;
        afterSpace = false;
        afterCr = false;
        ended = false;
    }

    /** The longest line of all heads so far, in bytes. */
    int longestLine() {
        return longestLine;
    }

    /** How many whole lines have been seen. */
    int lines() {
        return lines;
    }

    /** Whether a head has begun and not ended. */
    boolean isInside() {
        return !ended && (lines > 0 || lineLength > 0 || afterCr);
    }

    /** What is wrong; empty when nothing is. */
    String problem() {
        return problem == null ? "" : problem;
    }

    /** Whether what is wrong is the number of fields. */
    boolean hasTooMany() {
        return tooMany;
    }

    /** Looks at one byte; false if none after it is to be looked at. */
    private boolean process(byte value) {
        if (afterCr) {
            afterCr = false;
            return value == '\n' ? endLine() : bad("a bare CR");
        }
        if ((value >= ' ' && value != 0x7f) || value < 0) {
            if (lineLength == 0 && value == ' ') {
                return bad("a line that begins with white space");
            }
            if (lines == 0 && !fitsRequestLine(value)) {
                return false;
            }
            lineLength++;
            return true;
        }
        return switch (value) {
            case '\r' -> {
                afterCr = true;
                yield true;
            }
            case '\n' -> bad("a bare LF");
            case '\t' -> {
                if (lineLength == 0 || lines == 0) {
                    yield bad(lines == 0 ? "a tab in the request line" : "a line that begins with white space");
                }
                lineLength++;
                yield true;
            }
            default -> bad("a control byte");
        };
    }

    /** Three words with one space between two of them, the last as it is written: a decoder takes more than that. */
    private boolean fitsRequestLine(byte value) {
        if (value == ' ') {
            spaces++;
            boolean doubled = afterSpace;
            afterSpace = true;
            return (!doubled && spaces <= SPACES)
                    || bad("a request line that is not three words with one space between");
        }
        afterSpace = false;
        return spaces < SPACES || value < 'a' || value > 'z' || bad("a version in small letters");
    }

    private boolean endLine() {
        if (lineLength > 0) {
            if (lines == 0 && (spaces != SPACES || afterSpace)) {
                return bad("a request line that is not three words with one space between");
            }
            longestLine = Math.max(longestLine, lineLength);
            lines++;
            lineLength = 0;
            if (lines > maxFields + 1) {
                tooMany = true;
                return bad("more than " + maxFields + " fields");
            }
            return true;
        }
        if (lines == 0) {
            leadingLines++;
            return leadingLines <= MOST_LEADING_LINES || bad("too many empty lines");
        }
        ended = true;
        return false;
    }

    private boolean bad(String what) {
        problem = where + what;
        return false;
    }
}
