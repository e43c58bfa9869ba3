// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;

/**
 * The agent of the node that this agent is in a pod of, as a source of notices.
 *
 * @param name its name in metrics and records
 * @param socket where that agent relays them
 */
public record NodeAgentSource(String name, Path socket) {}
