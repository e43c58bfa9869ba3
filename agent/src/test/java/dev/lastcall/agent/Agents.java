// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.io.UncheckedIOException;

import dev.lastcall.metadata.NodeClock;

/** Starts agents for tests. */
final class Agents {

    private Agents() {}

    static Agent start(AgentText text, NodeClock clock) {
        try {
            return Agent.start(text.read(), "test", clock);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
