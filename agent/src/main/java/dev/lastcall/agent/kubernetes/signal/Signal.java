// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.signal;

import java.util.Optional;

import dev.lastcall.agent.kubernetes.node.OwnMarks;
import tools.jackson.databind.JsonNode;

/**
 * What a rule looks for on a node's object. Immutable. None of them can be one of the agent's own marks: the names of those
 * are refused, and of a condition with a reason of ours it is not known what others say.
 */
public sealed interface Signal {

    /** Longest key, value or message that is looked at; Kubernetes' own bounds are shorter but for messages. */
    int MAX_TEXT = 1024;

    /** What it is, for people and as part of the notice's identity. */
    String name();

    /** Whether it is there. */
    Sight in(JsonNode node);

    /** What one look at an object says of a signal. */
    sealed interface Sight {

        /**
         * It is there.
         *
         * @param text that goes with it, such as a label's value or a condition's message
         */
        record Present(String text) implements Sight {}

        /** It is not there. */
        record Absent() implements Sight {}

        /**
         * The object does not say.
         *
         * @param why it does not, for people
         */
        record Undecided(String why) implements Sight {}

        /** It is not there. */
        Sight ABSENT = new Absent();
    }

    /**
     * A label.
     *
     * @param value that it must have; empty for any
     */
    record Label(String key, Optional<String> value) implements Signal {
        public Label {
            refuse(OwnMarks.isOwnName(key), key);
        }

        @Override
        public String name() {
            return named("label", key, value);
        }

        @Override
        public Sight in(JsonNode node) {
            return valued(node.path("metadata").path("labels").path(key), value);
        }
    }

    /**
     * An annotation.
     *
     * @param value that it must have; empty for any
     */
    record Annotation(String key, Optional<String> value) implements Signal {
        public Annotation {
            refuse(OwnMarks.isOwnName(key), key);
        }

        @Override
        public String name() {
            return named("annotation", key, value);
        }

        @Override
        public Sight in(JsonNode node) {
            return valued(node.path("metadata").path("annotations").path(key), value);
        }
    }

    /**
     * A taint, whatever its effect is.
     *
     * @param value that it must have; empty for any
     */
    record Taint(String key, Optional<String> value) implements Signal {
        public Taint {
            refuse(OwnMarks.isOwnTaint(key), key);
        }

        @Override
        public String name() {
            return named("taint", key, value);
        }

        @Override
        public Sight in(JsonNode node) {
            for (JsonNode taint : node.path("spec").path("taints")) {
                String found = text(taint.path("value"));
                if (taint.path("key").asString("").equals(key) && is(value, found)) {
                    return new Sight.Present(found);
                }
            }
            return Sight.ABSENT;
        }
    }

    /**
     * A condition. It says nothing while its status is {@code Unknown}, or while its reason is ours: that hides what others say.
     *
     * @param type of the condition
     * @param status that it must have
     * @param message what its message must be like
     */
    record Condition(String type, String status, MessageTest message) implements Signal {

        private static final String UNKNOWN = "Unknown";

        public Condition {
            refuse(OwnMarks.isOwnName(type), type);
        }

        /** One that is true, whatever its message is. */
        public static Condition of(String type) {
            return new Condition(type, "True", MessageTest.ANY);
        }

        @Override
        public String name() {
            return "condition " + type + "=" + status;
        }

        @Override
        public Sight in(JsonNode node) {
            for (JsonNode condition : node.path("status").path("conditions")) {
                if (condition.path("type").asString("").equals(type)) {
                    return in(condition.path("status").asString(""), condition.path("reason").asString(""),
                            text(condition.path("message")));
                }
            }
            return Sight.ABSENT;
        }

        private Sight in(String found, String reason, String said) {
            if (OwnMarks.isOwnReason(reason)) {
                return new Sight.Undecided(
                        "the condition " + type + " is a mark of Lastcall's own, and hides what others say");
            }
            if (found.equals(UNKNOWN) && !status.equals(UNKNOWN)) {
                return new Sight.Undecided("the condition " + type + " has the status Unknown");
            }
            return found.equals(status) && message.accepts(said) ? new Sight.Present(said) : Sight.ABSENT;
        }
    }

    /** What the message of a condition must be like. */
    sealed interface MessageTest {

        boolean accepts(String message);

        /** Any message. */
        record Any() implements MessageTest {
            @Override
            public boolean accepts(String message) {
                return true;
            }
        }

        /** One that begins with these words. */
        record Begins(String words) implements MessageTest {
            @Override
            public boolean accepts(String message) {
                return message.startsWith(words);
            }
        }

        /** One that begins with other words. */
        record BeginsOtherwise(String words) implements MessageTest {
            @Override
            public boolean accepts(String message) {
                return !message.startsWith(words);
            }
        }

        /** Any message. */
        MessageTest ANY = new Any();
    }

    private static void refuse(boolean own, String name) {
        if (own) {
            throw new IllegalArgumentException(name + " is, or follows from, a mark of Lastcall's own");
        }
    }

    private static boolean is(Optional<String> wanted, String found) {
        return wanted.isEmpty() || wanted.get().equals(found);
    }

    private static String named(String what, String key, Optional<String> value) {
        return what + " " + key + value.map(one -> "=" + one).orElse("");
    }

    private static Sight valued(JsonNode found, Optional<String> wanted) {
        return found.isString() && is(wanted, text(found)) ? new Sight.Present(text(found)) : Sight.ABSENT;
    }

    private static String text(JsonNode value) {
        String all = value.asString("");
        return all.substring(0, Math.min(all.length(), MAX_TEXT));
    }
}
