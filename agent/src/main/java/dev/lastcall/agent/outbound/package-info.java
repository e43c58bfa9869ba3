// SPDX-License-Identifier: Apache-2.0
/**
 * Parties outside this process that hear of notices: gates in pods, the cluster, a webhook.
 */
@NullMarked
package dev.lastcall.agent.outbound;

import org.jspecify.annotations.NullMarked;
