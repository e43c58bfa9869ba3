// SPDX-License-Identifier: Apache-2.0
/**
 * The drain: one state machine per server, from the notice to the stopped server, inside the window.
 */
@NullMarked
package dev.lastcall.agent.drain;

import org.jspecify.annotations.NullMarked;
