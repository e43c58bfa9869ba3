// SPDX-License-Identifier: Apache-2.0
/** The first configuration of a node, from what the agent's own detectors find there. */
@NullMarked
package dev.lastcall.agent.setup;

import org.jspecify.annotations.NullMarked;
