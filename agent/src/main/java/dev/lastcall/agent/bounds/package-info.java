// SPDX-License-Identifier: Apache-2.0
/** Limits that several parts of the agent share. */
@NullMarked
package dev.lastcall.agent.bounds;

import org.jspecify.annotations.NullMarked;
