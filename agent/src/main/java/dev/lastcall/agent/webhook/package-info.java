// SPDX-License-Identifier: Apache-2.0
/**
 * Tells others of notices and drains by CloudEvents over HTTP: each transition once, tried again for a while, and off the
 * way of the drain.
 */
@NullMarked
package dev.lastcall.agent.webhook;

import org.jspecify.annotations.NullMarked;
