// SPDX-License-Identifier: Apache-2.0
/**
 * The commands.
 */
@NullMarked
package dev.lastcall.agent.cli;

import org.jspecify.annotations.NullMarked;
