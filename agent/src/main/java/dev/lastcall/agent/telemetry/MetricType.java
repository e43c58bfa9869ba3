// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** What kind of series a metric is, and when its series are there. */
public enum MetricType {
    /** Read at each scrape; it may fall. */
    GAUGE("gauge", ""),
    /** As {@link #GAUGE}, where there is not always a value. Without one the series is absent. */
    GAUGE_AT_TIMES("gauge", "while it has a value"),
    /** Read at each scrape; it only rises. Its series begin at 0. */
    COUNTER("counter", ""),
    /** Counted as things happen. A series begins with the first event, so that no earlier 0 is there. */
    EVENTS("counter", "from the first event on"),
    /** Times events: their number, their sum, and as a family of its own the longest of late. Begins as {@link #EVENTS}. */
    TIMER("summary", "from the first event on");

    private final String label;
    private final String presence;

    MetricType(String label, String presence) {
        this.label = label;
        this.presence = presence;
    }

    /** The type that a scrape names. */
    public String label() {
        return label;
    }

    /** When a series is there, for the docs; empty for always. */
    public String presence() {
        return presence;
    }
}
