// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

/** One cut, and which streams it reaches. */
public interface CutReach {

    /** Whether it reaches what has this place in the order of all requests. */
    boolean reaches(long order);

    /** A stream is reached. */
    void join();

    /** A stream that was reached is another cut's now. */
    void leave();

    /** A stream that was reached has ended; whether the cut ended it. */
    void ended(boolean cut);
}
