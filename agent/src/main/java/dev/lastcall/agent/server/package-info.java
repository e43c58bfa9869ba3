// SPDX-License-Identifier: Apache-2.0
/**
 * Inference servers as the drain sees them: a door, a number of requests in flight, a way to abort them and a way to
 * stop the process. The kinds (vllm, llama-server, generic) differ in how each of these is done.
 */
@NullMarked
package dev.lastcall.agent.server;

import org.jspecify.annotations.NullMarked;
