// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The body of {@code spot/instance-action}.
 *
 * @param action what will be done to the instance: terminate, stop or hibernate, or a word of the future
 * @param time when, approximately; null where it is missing or unreadable
 */
record SpotAction(String action, @Nullable Instant time) {

    /** Whether the word is one of the three that are documented. */
    boolean isKnown() {
        return action.equals("terminate") || action.equals("stop") || isHibernate();
    }

    /** Hibernation begins with the notice, not two minutes after it. */
    boolean isHibernate() {
        return action.equals("hibernate");
    }
}
