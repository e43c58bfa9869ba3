// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How notices are read on Google Cloud.
 *
 * @param endpoint the metadata server
 * @param preemptionNotice the notice that the VM was made with; the guest cannot read it
 * @param waitForChange how long one request waits at the server for a change
 * @param watchdogPoll between two plain looks beside it
 * @param maintenanceLead how long before a termination for host maintenance the drain begins
 * @param upcomingPoll between two looks at maintenance that is announced ahead
 * @param lifeCap whether the 24 hours of a preemptible VM are counted
 */
public record GcpConfig(URI endpoint, Duration preemptionNotice, Duration waitForChange, Duration watchdogPoll,
        Duration maintenanceLead, Duration upcomingPoll, LifeCap lifeCap) {

    private static final Duration STANDARD_NOTICE = Duration.ofSeconds(30);
    private static final Duration EXTENDED_NOTICE = Duration.ofMinutes(2);

    /** Whether the 24 hours of a preemptible VM are counted. */
    public enum LifeCap {
        /** If the VM's own scheduling says that it is such a one. */
        AUTO,
        /** They are. */
        ALWAYS,
        /** They are not. */
        NEVER
    }

    static GcpConfig read(Section section) {
        return new GcpConfig(
                section.value("endpoint", ValueType.url(), URI.create("http://169.254.169.254"),
                        "The metadata server, by address: names may not resolve on a node that goes down."),
                section.value("preemptionNotice", ValueType.durationOf(List.of(STANDARD_NOTICE, EXTENDED_NOTICE)),
                        STANDARD_NOTICE,
                        "Window of a preemption; `120s` when the VMs are made with `--preemption-notice-duration=120s`."),
                section.value("waitForChange", ValueType.duration(Duration.ofSeconds(1), Duration.ofMinutes(5)),
                        Duration.ofSeconds(30), "How long one request waits at the server for a change."),
                section.value("watchdogPoll", Limits.POLL, Duration.ofSeconds(2),
                        "Time between two plain looks beside the waiting one."),
                section.value("maintenanceLead", Limits.LONG_WINDOW, Duration.ofMinutes(10),
                        "How long before a termination for host maintenance the drain begins."),
                section.value("upcomingPoll", Limits.SLOW_POLL, Duration.ofMinutes(1),
                        "Time between two looks at maintenance that is announced hours or days ahead."),
                section.value("lifeCap", ValueType.word(LifeCap.values()), LifeCap.AUTO,
                        "Whether the 24 hours of a preemptible (not spot) VM are counted."));
    }
}
