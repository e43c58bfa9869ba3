// SPDX-License-Identifier: Apache-2.0
/**
 * The inference servers of this node: made from the configuration or found, kept while they are there, and read for status and
 * metrics. What a server is to a gate and a drain is in {@code server}.
 */
@NullMarked
package dev.lastcall.agent.servers;

import org.jspecify.annotations.NullMarked;
