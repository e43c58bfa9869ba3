// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/**
 * How a gate's door goes from open to closed, and what clients meet once it is closed. Immutable.
 *
 * @param at     when the door is closed after a notice
 * @param closed what a client meets that connects to a closed door
 */
public record DoorRules(At at, Closed closed) {

    /** Each by what is best for most routers. */
    public static final DoorRules DEFAULT = new DoorRules(At.AUTO, Closed.AUTO);

    /** When the door is closed after a notice. */
    public enum At {
        /**
         * When routers have had their time to turn away, and earlier for requests that would probably not be over before the
         * cut, by how long requests to their path took lately. At once while nothing is known of that.
         */
        AUTO,
        /** When routers have had their time to turn away, however long requests take. */
        SETTLE,
        /** At the notice. */
        NOW
    }

    /** What a client meets that connects to a closed door. A request on an open connection is always answered. */
    public enum Closed {
        /**
         * {@link #REFUSE} where probes have an address of their own, and where the gate has served requests lately and no liveness
         * path has been asked at its own address; else {@link #ANSWER}. A kubelet whose liveness probe is refused restarts the
         * server in mid-drain.
         */
        AUTO,
        /** The kernel refuses the connection: every router and client library then tries another node. */
        REFUSE,
        /** Its request is answered 503, after a moment, so that a router that counts requests does not prefer this node. */
        ANSWER
    }

    /** The same with another rule for a closed door. */
    public DoorRules with(Closed other) {
        return new DoorRules(at, other);
    }

    /** The same with another instant of closing. */
    public DoorRules with(At other) {
        return new DoorRules(other, closed);
    }
}
