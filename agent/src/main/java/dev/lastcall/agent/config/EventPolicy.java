// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;

/** What to do about an event that a provider announces: drain now, drain near its time, or only tell of it. */
public sealed interface EventPolicy {

    /** Drain now: {@code now}. */
    EventPolicy NOW = new Now();

    /** Only publish it: {@code advise}. */
    EventPolicy ADVISE = new Advise();

    /** What is allowed, for messages. */
    String ALLOWED = "now, advise, or how long before its time to act, such as 10m";

    /** Drain now. */
    record Now() implements EventPolicy {
        @Override
        public String toString() {
            return "now";
        }
    }

    /** Only publish it. */
    record Advise() implements EventPolicy {
        @Override
        public String toString() {
            return "advise";
        }
    }

    /**
     * Publish it, and drain when its time is near.
     *
     * @param lead how long before; positive
     */
    record Before(Duration lead) implements EventPolicy {
        @Override
        public String toString() {
            return Durations.format(lead);
        }
    }

    /**
     * Reads a policy.
     *
     * @throws IllegalArgumentException if the text is none
     */
    static EventPolicy parse(String text) {
        return switch (text) {
            case "now" -> NOW;
            case "advise" -> ADVISE;
            default -> before(Durations.parse(text));
        };
    }

    private static EventPolicy before(Duration lead) {
        if (lead.isZero()) {
            throw new IllegalArgumentException("leaves no time to act");
        }
        return new Before(lead);
    }
}
