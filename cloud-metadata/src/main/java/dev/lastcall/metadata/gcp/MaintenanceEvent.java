// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

/** What the host's maintenance does to this VM. */
enum MaintenanceEvent {
    /** Nothing is announced. */
    NONE,
    /** It moves to another host, and is frozen for a moment. */
    MIGRATE,
    /** It is terminated. */
    TERMINATE
}
