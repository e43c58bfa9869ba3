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
 * @param maintenance what a termination for host maintenance leads to
 * @param migration what a live migration leads to
 * @param upcomingMaintenance what maintenance announced ahead leads to
 * @param dayLimit what the 24 hours of a preemptible VM lead to
 */
public record GcpConfig(URI endpoint, Duration preemptionNotice, Duration waitForChange, Duration watchdogPoll,
        EventPolicy maintenance, EventPolicy migration, EventPolicy upcomingMaintenance, EventPolicy dayLimit) {

    private static final Duration STANDARD_NOTICE = Duration.ofSeconds(30);
    private static final Duration EXTENDED_NOTICE = Duration.ofMinutes(2);
    private static final EventPolicy LEAD = new EventPolicy.Before(Duration.ofMinutes(10));
    private static final EventPolicy DAY_LEAD = new EventPolicy.Before(Duration.ofMinutes(2));

    static GcpConfig read(Section section) {
        return new GcpConfig(
                section.value("endpoint", ValueType.url(), URI.create("http://169.254.169.254"),
                        "The metadata server, by address: names may not resolve on a node that goes down."),
                section.value("preemptionNotice", ValueType.durationOf(List.of(STANDARD_NOTICE, EXTENDED_NOTICE)),
                        STANDARD_NOTICE,
                        "Window of a preemption; `120s` when the VMs are made with `--preemption-notice-duration=120s`."),
                section.value("waitForChange", ValueType.duration(Duration.ofSeconds(1), Duration.ofMinutes(5)),
                        Duration.ofSeconds(30), "How long one request waits at the server for a change."),
                section.value("watchdogPoll", Limits.POLL, Duration.ofSeconds(5),
                        "Time between two plain looks beside the waiting one."),
                section.value("maintenance", ValueType.policy(), LEAD,
                        "What `TERMINATE_ON_HOST_MAINTENANCE` leads to; it comes an hour ahead on GPU VMs."),
                section.value("migration", ValueType.policy(), EventPolicy.ADVISE,
                        "What `MIGRATE_ON_HOST_MAINTENANCE` leads to."),
                section.value("upcomingMaintenance", ValueType.policy(), LEAD,
                        "What `upcoming-maintenance` leads to; it comes hours or days ahead."),
                section.value("dayLimit", ValueType.policy(), DAY_LEAD,
                        "What the 24 hours of a preemptible (not spot) VM lead to."));
    }
}
