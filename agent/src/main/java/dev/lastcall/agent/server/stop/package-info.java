// SPDX-License-Identifier: Apache-2.0
/**
 * Ways to stop a server's process: a systemd unit, a process by its id or its pid file, a command, or not at all. A
 * SIGTERM goes to the main process only, because a worker that gets one takes down the requests it works on; a process
 * is known by its id and its start time, because ids are used again.
 */
@NullMarked
package dev.lastcall.agent.server.stop;

import org.jspecify.annotations.NullMarked;
