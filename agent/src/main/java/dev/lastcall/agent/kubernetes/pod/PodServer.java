// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import dev.lastcall.agent.server.InferenceServer;

/**
 * A pod as a server to drain.
 *
 * @param server as the drain sees it
 * @param url where it serves, for people
 * @param app its label, by which a hook may ask for it; empty without one
 */
public record PodServer(InferenceServer server, String url, String app) {}
