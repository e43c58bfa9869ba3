// SPDX-License-Identifier: Apache-2.0
/**
 * What the agent says to systemd when it runs as a service of it, and what it gets from it: readiness, status, the
 * watchdog, more time, and the listening sockets that outlive a restart. Where systemd is not there, none of it happens
 * and none of it costs anything. Knows nothing of gates, drains or notices.
 */
@NullMarked
package dev.lastcall.agent.systemd;

import org.jspecify.annotations.NullMarked;
