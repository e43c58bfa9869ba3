// SPDX-License-Identifier: Apache-2.0
/**
 * Notifies other programs of notices and drains by CloudEvents over HTTP. Each transition is sent once, and tried again for
 * a while; the drain does not wait for it.
 */
@NullMarked
package dev.lastcall.agent.webhook;

import org.jspecify.annotations.NullMarked;
