// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** What a metric's value is in; always a base unit. */
public enum MetricUnit {
    /** A number of things. */
    COUNT("count"),
    /** 1 for yes, 0 for no. */
    FLAG("1 or 0"),
    /** Seconds. */
    SECONDS("seconds"),
    /** Bytes. */
    BYTES("bytes");

    private final String label;

    MetricUnit(String label) {
        this.label = label;
    }

    /** For the docs. */
    public String label() {
        return label;
    }
}
