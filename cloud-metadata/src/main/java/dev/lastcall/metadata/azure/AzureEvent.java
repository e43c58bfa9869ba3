// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.azure;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One event of the document.
 *
 * @param id its EventId
 * @param type what will happen
 * @param typeName the same in Azure's word
 * @param resources the names of the VMs that it affects
 * @param started whether it has begun
 * @param notBefore the earliest start; null once it has begun, and where it is missing or unreadable
 * @param description Azure's words, or empty
 */
record AzureEvent(String id, Type type, String typeName, List<String> resources, boolean started,
        @Nullable Instant notBefore,
        String description) {

    /** The types that are documented, and one for those to come. */
    enum Type {
        FREEZE, REBOOT, REDEPLOY, PREEMPT, TERMINATE, OTHER
    }

    /** Whether it affects the VM of this name. */
    boolean affects(String name) {
        return resources.stream().anyMatch(name::equalsIgnoreCase);
    }
}
