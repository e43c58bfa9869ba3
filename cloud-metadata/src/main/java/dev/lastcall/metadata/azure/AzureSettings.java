// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.azure;

import java.time.Duration;

import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataTransport;

/**
 * How Scheduled Events are asked for, and what is made of them.
 *
 * @param endpoint the server
 * @param poll how often the document is read
 * @param timeout bound on one exchange
 * @param firstTimeout bound on an exchange until the first has succeeded: the first call turns the feature on for the VM
 * @param preemptWindow the window of a Preempt without a usable time
 * @param maintenanceLead how long before a Reboot or Redeploy the drain is asked for
 * @param resourceName this VM's name among an event's resources; empty to ask the instance metadata for it
 * @param approveWhenIdle whether events may be approved, which lets Azure start them at once
 */
public record AzureSettings(Endpoint endpoint, Duration poll, Duration timeout, Duration firstTimeout,
        Duration preemptWindow,
        Duration maintenanceLead, String resourceName, boolean approveWhenIdle) {

    /** The server, for every VM. */
    public static final Endpoint SERVER = Endpoint.http("169.254.169.254");

    /** The least notice of a Preempt, on best effort ("Scheduled Events for Linux VMs", Azure documentation). */
    public static final Duration PREEMPT_WINDOW = Duration.ofSeconds(30);

    /** The first call can take two minutes (the same document); this is longer. */
    public static final Duration FIRST_TIMEOUT = Duration.ofSeconds(150);

    /** A look each second, as Azure recommends; nothing is approved. */
    public static AzureSettings defaults() {
        return new AzureSettings(SERVER, Duration.ofSeconds(1), MetadataTransport.TIMEOUT, FIRST_TIMEOUT,
                PREEMPT_WINDOW,
                Duration.ofMinutes(10), "", false);
    }

    /** The same, asking elsewhere. */
    public AzureSettings withEndpoint(Endpoint other) {
        return new AzureSettings(other, poll, timeout, firstTimeout, preemptWindow, maintenanceLead, resourceName,
                approveWhenIdle);
    }

    /** The same, with approval allowed or not. */
    public AzureSettings withApproveWhenIdle(boolean allowed) {
        return new AzureSettings(endpoint, poll, timeout, firstTimeout, preemptWindow, maintenanceLead, resourceName,
                allowed);
    }

    /** The same, for a VM of this name. */
    public AzureSettings withResourceName(String name) {
        return new AzureSettings(endpoint, poll, timeout, firstTimeout, preemptWindow, maintenanceLead, name,
                approveWhenIdle);
    }
}
