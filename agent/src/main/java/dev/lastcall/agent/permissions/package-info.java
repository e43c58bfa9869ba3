// SPDX-License-Identifier: Apache-2.0
/**
 * What the agent will have to do and may not: stop a server, write its state, write the cache. Looks without doing any of it.
 */
@NullMarked
package dev.lastcall.agent.permissions;

import org.jspecify.annotations.NullMarked;
