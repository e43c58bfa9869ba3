// SPDX-License-Identifier: Apache-2.0
/**
 * The whole story on one machine: a simulated cloud, a completion server, live load, the notice, the drain, and a table
 * of what became of every request.
 */
@NullMarked
package dev.lastcall.agent.demo;

import org.jspecify.annotations.NullMarked;
