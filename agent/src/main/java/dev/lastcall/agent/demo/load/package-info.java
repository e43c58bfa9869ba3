// SPDX-License-Identifier: Apache-2.0
/**
 * Clients that never pause, and what became of every one of their requests.
 *
 * <p>They speak HTTP/1.1 over plain sockets, so that what the wire showed is known exactly: an answer that is whole, a
 * refusal, an honest cut, or one of the ways to lose a request. Each client is a virtual thread.
 */
@NullMarked
package dev.lastcall.agent.demo.load;

import org.jspecify.annotations.NullMarked;
