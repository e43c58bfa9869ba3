// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The ways in which a time is written into an answer. */
public enum ScriptTimeFormat {
    /** As the provider writes that key. */
    PROVIDER("provider", ""),
    /** {@code 2017-09-18T08:22:00Z}. */
    ISO("iso", "uuuu-MM-dd'T'HH:mm:ss'Z'"),
    /** {@code 2017-09-18T08:22:00.123Z}. */
    ISO_FRACTION("iso-fraction", "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'"),
    /** {@code 2017-09-18T08:22:00+00:00}. */
    ISO_OFFSET("iso-offset", "uuuu-MM-dd'T'HH:mm:ss'+00:00'"),
    /** {@code 2017-09-18t08:22:00z}. */
    ISO_LOWER_CASE("iso-lower-case", "uuuu-MM-dd't'HH:mm:ss'z'"),
    /** {@code Mon, 18 Sep 2017 08:22:00 GMT}, the day with two digits. */
    RFC_1123("rfc1123", "EEE, dd MMM uuuu HH:mm:ss 'GMT'"),
    /** {@code 1 Sep 2017 08:22:00 GMT}, as EC2 writes the times of scheduled maintenance. */
    EC2_EVENT("ec2-event", "d MMM uuuu HH:mm:ss 'GMT'"),
    /** Seconds since 1970. */
    EPOCH_SECONDS("epoch-seconds", "");

    private final String label;
    private final DateTimeFormatter formatter;

    ScriptTimeFormat(String label, String pattern) {
        this.label = label;
        this.formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }

    /** The name in a script, after {@code as}. */
    public String label() {
        return label;
    }

    /** The instant in this format; {@link #PROVIDER} must have been resolved before. */
    public String format(Instant instant) {
        return switch (this) {
            case PROVIDER -> throw new IllegalStateException("the provider's format is not resolved");
            case EPOCH_SECONDS -> Long.toString(instant.getEpochSecond());
            case ISO, ISO_FRACTION, ISO_OFFSET, ISO_LOWER_CASE, RFC_1123, EC2_EVENT -> formatter.format(instant);
        };
    }
}
