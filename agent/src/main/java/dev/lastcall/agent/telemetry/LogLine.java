// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.lastcall.warmup.text.SafeText;

/** Makes one line of an event, without its line feed. Thread-safe. */
@FunctionalInterface
interface LogLine {

    /** Longest value of one key that is written, in characters. */
    int MAX_VALUE = 2048;

    /** Writes the event. */
    String of(ILoggingEvent event);

    /** A value no longer than is written, without the secrets of the addresses in it. */
    static String shown(String text) {
        String value = SafeText.of(text);
        return value.length() > MAX_VALUE ? value.substring(0, MAX_VALUE) + "…" : value;
    }
}
