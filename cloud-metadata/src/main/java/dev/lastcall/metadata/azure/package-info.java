// SPDX-License-Identifier: Apache-2.0
/**
 * Notices from Azure Scheduled Events ("Scheduled Events for Linux VMs", Azure documentation).
 *
 * <p>One source, {@code azure-events}. An event is a notice of this node only if its {@code Resources} name this VM, because a
 * scale set shows every event to every VM in it. Preempt and Terminate ask for the drain at once, Reboot and Redeploy at their
 * lead, Freeze never. An event that goes away is withdrawn or over: Azure has no word for either.
 *
 * <p>{@link dev.lastcall.metadata.azure.AzureEvents#approve} notifies Azure that the node is ready before its time, where that is
 * configured.
 */
@NullMarked
package dev.lastcall.metadata.azure;

import org.jspecify.annotations.NullMarked;
