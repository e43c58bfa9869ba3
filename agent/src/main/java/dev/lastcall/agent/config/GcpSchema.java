// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;
import java.util.List;

import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.gcp.GcpSettings.Hanging;
import dev.lastcall.metadata.gcp.GcpSettings.LifeCap;
import dev.lastcall.metadata.http.Endpoint;

/** How notices are read on Google Cloud. */
final class GcpSchema {

    private static final GcpSettings DEFAULT = GcpSettings.defaults();

    private GcpSchema() {}

    /** @param timeout bound on one exchange */
    static GcpSettings read(Section section, Duration timeout) {
        return new GcpSettings(
                Endpoint.of(section.value("endpoint", ValueType.url(), DEFAULT.endpoint().url(),
                        "The metadata server, by address: names may not resolve on a node that goes down.")),
                section.value("preemptionNotice",
                        ValueType.durationOf(
                                List.of(GcpSettings.PREEMPTION_NOTICE, GcpSettings.EXTENDED_PREEMPTION_NOTICE)),
                        DEFAULT.preemptionNotice(),
                        "Window of a preemption; `120s` when the VMs are made with `--preemption-notice-duration=120s`."),
                Hanging.of(
                        section.value("waitForChange", ValueType.duration(Duration.ofSeconds(1), Duration.ofMinutes(5)),
                                DEFAULT.hanging().held(), "How long one request waits at the server for a change."),
                        section.value("watchdogPoll", Limits.POLL, DEFAULT.hanging().watchdog(),
                                "Time between two plain looks beside the waiting one.")),
                timeout, DEFAULT.terminationNotice(),
                section.value("maintenanceLead", Limits.LONG_WINDOW, DEFAULT.maintenanceLead(),
                        "How long before a termination for host maintenance the drain begins."),
                section.value("upcomingPoll", Limits.SLOW_POLL, DEFAULT.upcomingPoll(),
                        "Time between two looks at maintenance that is announced hours or days ahead."),
                section.value("lifeCap", ValueType.word(LifeCap.values()), DEFAULT.lifeCap(),
                        "Whether the 24 hours of a preemptible (not spot) VM are counted."));
    }
}
