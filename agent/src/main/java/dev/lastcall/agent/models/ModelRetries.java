// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.time.Duration;

import dev.lastcall.metadata.RetryPolicy;

/** How long a model that cannot be had waits before it is tried again. */
final class ModelRetries {

    /** What failed may pass by itself: a store that comes back is noticed soon. */
    static final RetryPolicy MAY_PASS = new RetryPolicy(Duration.ofSeconds(2), Duration.ofMinutes(1));

    /** A person must fix something, and may have done so. A wrong request is not sent often, to spare the store. */
    static final RetryPolicy NEEDS_A_FIX = new RetryPolicy(Duration.ofSeconds(30), Duration.ofMinutes(10));

    /** The model is warm already, and only whether it is the newest version is open. */
    static final RetryPolicy STANDING = new RetryPolicy(Duration.ofSeconds(5), Duration.ofMinutes(5));

    private ModelRetries() {}
}
