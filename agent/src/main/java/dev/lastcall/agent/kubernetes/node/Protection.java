// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

/** What the node's condition {@code lastcall.dev/Protected} says. Immutable. */
public sealed interface Protection {

    /** A notice would be seen, and what has to be drained would be. */
    record Protected() implements Protection {}

    /**
     * It would not, or that is not known.
     *
     * @param reason a word in camel case, the first thing that is missing
     * @param message for people
     */
    record Unprotected(String reason, String message) implements Protection {}

    /** The agent ends: the condition is taken away, because no agent would keep it true. */
    record Unsaid() implements Protection {}
}
