// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** What metrics are about: the tables of docs/metrics.md, in their order. */
public enum MetricTopic {
    /** The agent itself. */
    AGENT("The agent"),
    /** Notices and where they come from. */
    NOTICES("Notices and sources"),
    /** Doors and requests. */
    REQUESTS("Servers and requests"),
    /** Drains. */
    DRAINS("Drains"),
    /** Models and their cache. */
    MODELS("Models"),
    /** The cluster. */
    KUBERNETES("Kubernetes");

    private final String title;

    MetricTopic(String title) {
        this.title = title;
    }

    /** The heading of its table. */
    public String title() {
        return title;
    }
}
