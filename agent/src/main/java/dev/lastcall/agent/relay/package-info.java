// SPDX-License-Identifier: Apache-2.0
/**
 * Passes the node's final notice on from the node's agent to gates that run in pods of the same node, which cannot read the
 * metadata server themselves, over a socket in a folder that both have. One line of JSON for each change and a few seconds
 * of silence at most; nothing is read from the gates, so that a process that has the folder can only listen.
 */
@NullMarked
package dev.lastcall.agent.relay;

import org.jspecify.annotations.NullMarked;
