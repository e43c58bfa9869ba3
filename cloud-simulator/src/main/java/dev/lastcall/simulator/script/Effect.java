// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;

/** What a {@link Fault} does to an answer. Several can act on one answer; each is real on the wire. Immutable. */
public sealed interface Effect {

    /** Never ends by itself; for {@link Delay} and {@link Stall}. */
    Duration FOREVER = Fault.FOREVER;

    /** A point in the course of an answer. */
    enum Point {
        /** The request has been read, nothing of the answer has been sent. */
        BEFORE_ANSWER("before-answer"),
        /** The headers and half of the body have been sent. */
        IN_BODY("in-body"),
        /** The whole answer has been sent; the connection lies idle. */
        AFTER_ANSWER("after-answer");

        private final String label;

        Point(String label) {
            this.label = label;
        }

        /** The name in a script. */
        public String label() {
            return label;
        }
    }

    /** What becomes of a request that waits for a change. */
    enum HangEnd {
        /** It is never answered, whatever changes and whatever time-out it asked for. */
        NEVER("never"),
        /** Its connection is closed: one that hangs when the fault begins, and one that begins to hang under it. */
        DROP("drop"),
        /** As {@link #DROP}, with a TCP reset. */
        RESET("reset");

        private final String label;

        HangEnd(String label) {
            this.label = label;
        }

        /** The name in a script. */
        public String label() {
            return label;
        }
    }

    /**
     * Another status, with that status's usual body.
     *
     * @param code 200 to 599
     */
    record Status(int code) implements Effect {
        public Status {
            if (code < 200 || code > 599) {
                throw new IllegalArgumentException("a status lies in 200..599, not " + code);
            }
        }
    }

    /** Another body, whatever it is; together with {@link Status} any answer can be made. */
    record Body(String text) implements Effect {}

    /**
     * A body of so many bytes, with a status of 200 unless {@link Status} says otherwise.
     *
     * @param sizeBytes positive; the simulator does not hold them in memory
     */
    record Oversized(long sizeBytes) implements Effect {
        public Oversized {
            if (sizeBytes <= 0) {
                throw new IllegalArgumentException("an oversized body has a positive size, not " + sizeBytes);
            }
        }
    }

    /** The answer begins so much later; {@link #FOREVER}: never, as when the hop limit swallows it. */
    record Delay(Duration time) implements Effect {
        public Delay {
            Fault.requirePositive("delay", time);
        }
    }

    /** The headers and half of the body are sent, then nothing for so long. */
    record Stall(Duration time) implements Effect {
        public Stall {
            Fault.requirePositive("stall", time);
        }
    }

    /** The body trickles. */
    record SlowBody(int bytesPerSecond) implements Effect {
        public SlowBody {
            if (bytesPerSecond <= 0) {
                throw new IllegalArgumentException("a slow body has a positive rate, not " + bytesPerSecond);
            }
        }
    }

    /** The connection ends with a TCP reset. */
    record Reset(Point point) implements Effect {}

    /** The connection is closed in good order. */
    record Close(Point point) implements Effect {}

    /** No listener accepts connections, and open ones are reset. Path and method of the fault mean nothing here. */
    record Refuse() implements Effect {}

    /** Requests that wait for a change; see {@link HangEnd}. */
    record Hang(HangEnd end) implements Effect {}

    /** Every AWS token given out before the fault begins is invalid from then on. */
    record RevokeTokens() implements Effect {}

    /** AWS tokens given out under the fault live no longer than this, whatever was asked for. */
    record TokenTtl(Duration ttl) implements Effect {
        public TokenTtl {
            Fault.requirePositive("token TTL", ttl);
        }
    }

    /** The {@code Date} header is off by so much; negative: it is behind. */
    record DateSkew(Duration skew) implements Effect {}

    /** A header is left out. */
    record WithoutHeader(String name) implements Effect {
        public WithoutHeader {
            Fault.requireHeader(name, "");
        }
    }

    /** A header is set to a value, replacing its value before. */
    record WithHeader(String name, String value) implements Effect {
        public WithHeader {
            Fault.requireHeader(name, value);
        }
    }
}
