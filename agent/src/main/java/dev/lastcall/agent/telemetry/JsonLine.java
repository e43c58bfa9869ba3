// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.lastcall.warmup.text.SafeText;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.io.JsonStringEncoder;

/** An event as one JSON object: {@code time}, {@code level}, {@code message}, then its keys; durations in seconds. */
final class JsonLine implements LogLine {

    private static final List<String> RESERVED = List.of("time", "level", "message", "error", "trace");

    private final boolean traces;

    /**
     * Makes a writer of lines.
     *
     * @param traces whether an exception is written with its stack
     */
    JsonLine(boolean traces) {
        this.traces = traces;
    }

    @Override
    public String of(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200).append('{');
        append(line, "time", event.getInstant().toString());
        append(line, "level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        append(line, "message", LogLine.shown(event.getFormattedMessage()));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> append(line, RESERVED.contains(pair.key) ? pair.key + "_" : pair.key, pair.value));
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            append(line, "error", LogLine.shown(thrown.getClassName() + ": " + thrown.getMessage()));
            if (traces) {
                quote(line.append(",\"trace\":"), SafeText.of(ThrowableProxyUtil.asString(thrown)));
            }
        }
        return line.append('}').toString();
    }

    private static void append(StringBuilder line, String key, Object value) {
        if (line.length() > 1) {
            line.append(',');
        }
        quote(line, key);
        line.append(':');
        switch (value) {
            case Duration duration -> line.append(duration.toMillis() / 1000.0);
            case Integer number -> line.append(number);
            case Long number -> line.append(number);
            case Boolean flag -> line.append(flag);
            case null -> line.append("null");
            default -> quote(line, LogLine.shown(value.toString()));
        }
    }

    private static void quote(StringBuilder line, String text) {
        line.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, line);
        line.append('"');
    }
}
