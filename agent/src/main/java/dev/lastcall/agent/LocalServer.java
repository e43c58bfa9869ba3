// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.util.Optional;

import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.server.InferenceServer;

/**
 * A server of this node with what the agent made for it.
 *
 * @param server the server as the drain sees it
 * @param url where it serves, for people
 * @param gate the gate before it; empty where there is none
 * @param watch how many are in flight while no drain is on, for people
 */
record LocalServer(InferenceServer server, String url, Optional<Gate> gate, InFlightWatch watch) {}
