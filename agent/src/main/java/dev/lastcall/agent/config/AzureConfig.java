// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How notices are read on Azure.
 *
 * @param endpoint the metadata service
 * @param vmName the name under which events speak of this VM; null asks the metadata service
 * @param poll between two looks
 * @param firstTimeout bound of the first request, which switches the feature on
 * @param window what is left at an event that names no usable time
 * @param maintenanceLead how long before a Reboot or Redeploy the drain begins
 * @param approve whether an event is approved once the servers are idle, so that it starts early
 */
public record AzureConfig(URI endpoint, @Nullable String vmName, Duration poll, Duration firstTimeout, Duration window,
        Duration maintenanceLead, boolean approve) {

    static AzureConfig read(Section section) {
        return new AzureConfig(
                section.value("endpoint", ValueType.url(), URI.create("http://169.254.169.254"),
                        "The metadata service."),
                section.optional("vmName", ValueType.text("a VM's name as events give it, such as vmss_2",
                        "[A-Za-z0-9_.-]{1,128}"), "asked from the metadata service",
                        "The name under which events speak of this VM."),
                section.value("poll", Limits.POLL, Duration.ofSeconds(1), "Time between two looks."),
                section.value("firstTimeout", ValueType.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
                        Duration.ofSeconds(150),
                        "Bound of the first request, which switches the feature on and may take two minutes."),
                section.value("window", Limits.WINDOW, Duration.ofSeconds(30),
                        "Time left at an event that names no usable time."),
                section.value("maintenanceLead", Limits.LONG_WINDOW, Duration.ofMinutes(10),
                        "How long before a `Reboot` or `Redeploy` the drain begins."),
                section.value("approve", ValueType.flag(), false,
                        "Whether an event is approved (`StartRequests`) once the servers are idle. It starts at once then, "
                                + "for every VM that the event names."));
    }
}
