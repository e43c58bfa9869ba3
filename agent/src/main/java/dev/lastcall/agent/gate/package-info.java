// SPDX-License-Identifier: Apache-2.0
/**
 * The in-path reverse proxy before a server: counts exactly, closes exactly, cuts honestly.
 *
 * <p>{@link dev.lastcall.agent.gate.Gate} is all that the rest of the agent sees: a door, a probe of what is in flight
 * and a cutter. Inside, a client's connection, its exchange and the connection to the server that serves it live on one
 * event loop and are confined to it; only the books, which hold the door's flag and every count, are shared. Requests
 * and responses are decoded by Netty, at its strictest, and written by this package, so that it knows of every byte where
 * in a message it is: that is what lets it put one more event into a stream, or leave a body visibly unfinished. What
 * clients can make the gates of a process keep is in one {@link dev.lastcall.agent.gate.GateBudget}.
 */
@NullMarked
package dev.lastcall.agent.gate;

import org.jspecify.annotations.NullMarked;
