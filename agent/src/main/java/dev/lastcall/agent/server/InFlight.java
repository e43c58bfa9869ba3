// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;

/** One reading of how many requests are in flight. */
public sealed interface InFlight {

    /**
     * The gate's own count: exact and immediate, one reading of zero is enough.
     *
     * @param count requests admitted whose response is not yet wholly written to the client
     */
    record Exact(int count) implements InFlight {}

    /**
     * A complete reading of the server's own gauges, which lag: idle only after two of zero in a row that are at least the
     * lag apart.
     *
     * @param count running and waiting, over all engines
     * @param lag how old the number may be
     */
    record Gauged(int count, Duration lag) implements InFlight {

        /** A number that is renewed with each request. */
        public Gauged(int count) {
            this(count, Duration.ZERO);
        }
    }

    /** The reading timed out or could not be understood; counts as busy. */
    record Unclear(String reason) implements InFlight {}

    /** The server refused the connection or has no such reading: waiting for idle is waiting for time. */
    record Unobservable(String reason) implements InFlight {}
}
