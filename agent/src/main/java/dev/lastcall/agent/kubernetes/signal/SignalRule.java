// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.signal;

import java.time.Duration;

import dev.lastcall.metadata.NoticeKind;

/**
 * What one signal on the node means. Immutable.
 *
 * @param signal what is looked for
 * @param kind what the notice is about
 * @param urgency when the drain is asked for
 * @param window what is left where no time can be read; near a deadline also how long before it the drain is asked for
 * @param time where the node names the time at which it is gone
 */
public record SignalRule(Signal signal, NoticeKind kind, Urgency urgency, Duration window, NamedTime time) {

    /** When a signal asks for the drain. */
    public enum Urgency {
        /** At once. */
        NOW,
        /** When no more than the window is left to the time that is named; at once where none can be read. */
        NEAR_DEADLINE,
        /** When no more than the window is left to the time that is named; it is published where none can be read. */
        ONLY_NEAR_DEADLINE,
        /** Never: it is published. */
        ADVISORY
    }

    /** Where the node names the time: RFC 3339, RFC 1123, or seconds since 1970. */
    public sealed interface NamedTime {

        /** Nowhere. */
        record Nowhere() implements NamedTime {}

        /** In a label. */
        record InLabel(String key) implements NamedTime {}

        /** In an annotation. */
        record InAnnotation(String key) implements NamedTime {}

        /** In what goes with the signal itself: its value, or the first RFC 1123 time in a condition's message. */
        record InSignal() implements NamedTime {}

        /** Nowhere. */
        NamedTime NOWHERE = new Nowhere();

        /** In what goes with the signal itself. */
        NamedTime IN_SIGNAL = new InSignal();
    }

    /** One of the configuration, which does not say what the notice is about. */
    public static SignalRule configured(Signal signal, Urgency urgency, Duration window, NamedTime time) {
        return new SignalRule(signal, NoticeKind.EXTERNAL, urgency, window, time);
    }

    /** One that is published and names no time. */
    static SignalRule advice(Signal signal, NoticeKind kind) {
        return new SignalRule(signal, kind, Urgency.ADVISORY, Duration.ZERO, NamedTime.NOWHERE);
    }

    /** One that is acted on at once and names no time. */
    static SignalRule now(Signal signal, NoticeKind kind, Duration window) {
        return new SignalRule(signal, kind, Urgency.NOW, window, NamedTime.NOWHERE);
    }

    /** The same with the time elsewhere. */
    SignalRule withTime(NamedTime where) {
        return new SignalRule(signal, kind, urgency, window, where);
    }
}
