// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One element of {@code events/maintenance/scheduled}.
 *
 * @param id its EventId; empty where it has none
 * @param code what will happen, such as {@code system-reboot}
 * @param state active, completed or canceled; active where it does not say
 * @param notBefore the earliest start; null where it is missing or unreadable
 * @param description the provider's words, or empty
 */
record AwsScheduledEvent(String id, String code, String state, @Nullable Instant notBefore, String description) {

    /** Whether it is still to come or going on. */
    boolean isActive() {
        return !state.equals("completed") && !state.equals("canceled") && !state.equals("cancelled");
    }

    /** Whether it means that the hardware fails under the instance. */
    boolean isRetirement() {
        return code.equals("instance-stop") || code.equals("instance-retirement");
    }
}
