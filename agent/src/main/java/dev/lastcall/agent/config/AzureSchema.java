// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.http.Endpoint;

/** How notices are read on Azure. */
final class AzureSchema {

    private static final AzureSettings DEFAULT = AzureSettings.defaults();

    private AzureSchema() {}

    /** @param timeout bound on one exchange */
    static AzureSettings read(Section section, Duration timeout) {
        URI endpoint = section.value("endpoint", ValueType.url(), DEFAULT.endpoint().url(), "The metadata service.");
        String vmName = section.optional("vmName", ValueType.text("a VM's name as events give it, such as vmss_2",
                "[A-Za-z0-9_.-]{1,128}"), "asked from the metadata service",
                "The name under which events speak of this VM.");
        return new AzureSettings(Endpoint.of(endpoint),
                section.value("poll", Limits.POLL, DEFAULT.poll(), "Time between two looks."),
                timeout,
                section.value("firstTimeout", ValueType.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
                        DEFAULT.firstTimeout(),
                        "Bound of the first request, which switches the feature on and may take two minutes."),
                section.value("window", Limits.WINDOW, DEFAULT.preemptWindow(),
                        "Time left at an event that names no usable time."),
                section.value("maintenanceLead", Limits.LONG_WINDOW, DEFAULT.maintenanceLead(),
                        "How long before a `Reboot` or `Redeploy` the drain begins."),
                Objects.requireNonNullElse(vmName, DEFAULT.resourceName()),
                section.value("approve", ValueType.flag(), DEFAULT.approveWhenIdle(),
                        "Whether an event is approved (`StartRequests`) once the servers are idle. It starts at once then, "
                                + "for every VM that the event names."));
    }
}
