// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

/** The books of the gate, as a stream needs them. */
public interface StreamBooks {

    /** Whether the door is closed. */
    boolean isClosed();

    /** Whether readiness probes are answered in the negative. */
    boolean isUnready();

    /** Whether clients are to go elsewhere, while streams are still let in. */
    boolean isLeaving();

    /** Lets one stream in, unless the door is closed. */
    boolean admit();

    /** The place of the next stream in the order of all requests of the gate. */
    long nextOrder();

    /** Takes a stream that was let in off the number in flight. */
    void finished(StreamOutcome outcome);

    /** Counts a stream that was not let in. */
    void refused(StreamRefusal reason);

    /** Counts a stream that passes whatever the door says. */
    void passed();

    /** Counts a readiness probe that the gate answered because the door is closed. */
    void probeFailed();

    /** Counts bytes of an answer. */
    void bodySent(int bytes);

    /** A client's connection is closed. */
    void disconnected();
}
