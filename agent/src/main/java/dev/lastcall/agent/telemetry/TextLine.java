// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.lastcall.warmup.text.SafeText;
import org.slf4j.event.KeyValuePair;

/**
 * An event as people read it: time, level, message, then {@code key=value}; or, for the journal, which has a time of its
 * own, the priority as {@code <N>} in front (sd-daemon(3)).
 */
final class TextLine implements LogLine {

    private static final DateTimeFormatter TIME = DateTimeFormatter
            .ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String RESET = "\u001b[0m";
    private static final String DIM = "\u001b[2m";

    private final Head head;
    private final boolean traces;

    /**
     * Makes a writer of lines.
     *
     * @param head what comes before the message
     * @param traces whether an exception is written with its stack
     */
    TextLine(Head head, boolean traces) {
        this.head = head;
        this.traces = traces;
    }

    /** What comes before the message. */
    enum Head {
        /** Time and level. */
        PLAIN,
        /** Time and level, in colour. */
        COLOUR,
        /** The journal's priority. */
        JOURNAL
    }

    @Override
    public String of(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        switch (head) {
            case PLAIN -> line.append(TIME.format(event.getInstant())).append(' ').append(level(event)).append(' ');
            case COLOUR -> line.append(DIM)
                    .append(TIME.format(event.getInstant()))
                    .append(RESET)
                    .append(' ')
                    .append(colour(event.getLevel()))
                    .append(level(event))
                    .append(RESET)
                    .append(' ');
            case JOURNAL -> line.append('<').append(priority(event.getLevel())).append('>');
        }
        appendPrintable(line, LogLine.shown(event.getFormattedMessage()));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> appendPair(line, pair.key, pair.value));
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            appendPair(line, "error", thrown.getClassName() + ": " + thrown.getMessage());
            if (traces) {
                line.append('\n').append(SafeText.of(ThrowableProxyUtil.asString(thrown)).stripTrailing());
            }
        }
        return line.toString();
    }

    private static String level(ILoggingEvent event) {
        return event.getLevel().levelInt == Level.INFO_INT || event.getLevel().levelInt == Level.WARN_INT
                ? event.getLevel() + " "
                : event.getLevel().toString();
    }

    private static String colour(Level level) {
        return switch (level.levelInt) {
            case Level.ERROR_INT -> "\u001b[1;31m";
            case Level.WARN_INT -> "\u001b[33m";
            case Level.INFO_INT -> "\u001b[32m";
            default -> DIM;
        };
    }

    private static int priority(Level level) {
        return switch (level.levelInt) {
            case Level.ERROR_INT -> 3;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> 7;
        };
    }

    private void appendPair(StringBuilder line, String key, Object value) {
        if (head == Head.COLOUR) {
            line.append(' ').append(DIM).append(key).append('=').append(RESET);
        } else {
            line.append(' ').append(key).append('=');
        }
        appendValue(line, LogLine.shown(show(value)));
    }

    private static String show(Object value) {
        return value instanceof Duration duration ? seconds(duration) : String.valueOf(value);
    }

    /** Seconds with as many decimals as say something: {@code 118s}, {@code 4.2s}, {@code 0.004s}. */
    static String seconds(Duration duration) {
        String text = String.format(Locale.ROOT, "%.3f", duration.toMillis() / 1000.0);
        return text.replaceAll("\\.?0+$", "") + "s";
    }

    private static void appendValue(StringBuilder line, String value) {
        boolean bare = !value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=' || c == 0x7f);
        if (bare) {
            appendPrintable(line, value);
            return;
        }
        line.append('"');
        appendPrintable(line, value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
        line.append('"');
    }

    /** One event is one line, whatever a peer has put into its text. */
    private static void appendPrintable(StringBuilder line, String text) {
        text.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    }
}
