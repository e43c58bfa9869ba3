// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.time.Duration;

/** What an operator may ask of the running agent. Thread-safe; called on a virtual thread; must not throw. */
public interface OperatorActions {

    /** Longest window that can be asked for. */
    Duration MAX_WINDOW = Duration.ofDays(2);

    /** Drains every server as if the node were gone after {@code window}. */
    Answer drain(Duration window);

    /** Withdraws what {@link #drain} and {@link #notice} have begun, as far as that still can be. */
    Answer undrain();

    /** Opens the door of a server that stayed closed after its drain. */
    Answer reopen(String server);

    /** Ends a rehearsal: every door that a finished drain by hand holds is opened. */
    Answer forget();

    /**
     * Passes on a notice from a person or a program outside the agent.
     *
     * @param description what the caller says, for people
     * @param window what is left; positive
     */
    Answer notice(String description, Duration window);

    /**
     * Takes what a provider has sent about an instance.
     *
     * @throws IllegalArgumentException if it is no event that is read; the message is for the caller
     */
    Answer event(ReceivedEvent event);

    /** Takes the shutdown of the operating system for a notice, if one is under way. */
    Answer shutdown();

    /** What came of it. */
    sealed interface Answer {
        /** It is being done. */
        record Accepted(String message) implements Answer {}

        /** It is done as far as it can be, which is not all that was asked for; the message says what to type. */
        record Unfinished(String message) implements Answer {}

        /** It is understood, and is not for this node or not of the present: nothing follows, now or later. */
        record Inapplicable(String message) implements Answer {}

        /** It cannot be done now; the message says why, and what can. */
        record Refused(String message) implements Answer {}
    }
}
