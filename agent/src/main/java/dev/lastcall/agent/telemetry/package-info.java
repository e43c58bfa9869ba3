// SPDX-License-Identifier: Apache-2.0
/**
 * The names of every metric and log event, in one place each.
 */
@NullMarked
package dev.lastcall.agent.telemetry;

import org.jspecify.annotations.NullMarked;
