// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A maintenance window that is planned for this VM's host.
 *
 * @param status PENDING, ONGOING or a word of the future; empty where it does not say
 * @param type SCHEDULED, UNSCHEDULED or MULTIPLE; empty where it does not say
 * @param start the beginning of the window; null where it is missing or unreadable
 */
record UpcomingMaintenance(String status, String type, @Nullable Instant start) {

    /** Whether it is over. */
    boolean isOver() {
        return status.startsWith("COMPLETE");
    }
}
