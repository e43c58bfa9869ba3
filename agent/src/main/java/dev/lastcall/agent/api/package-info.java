// SPDX-License-Identifier: Apache-2.0
/**
 * What people and machines ask and say: health, metrics and status over loopback TCP, verbs over the control socket.
 */
@NullMarked
package dev.lastcall.agent.api;

import org.jspecify.annotations.NullMarked;
