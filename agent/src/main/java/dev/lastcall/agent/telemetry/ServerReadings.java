// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where a server's figures are read, at a scrape; none may block. Counts only rise.
 *
 * @param doorOpen whether the door lets requests in
 * @param inFlight requests in flight; empty where that cannot be read
 * @param admitted requests let in
 * @param refused requests not let in, by reason; the reasons are a closed set
 * @param completed requests whose whole answer was written to the client
 * @param upstreamFailures requests answered 502 or 503, because the server was not reached or gave no usable answer
 * @param clientGone requests whose client left
 * @param cut requests ended by the agent before they were complete
 * @param lost requests whose client got a broken answer
 */
public record ServerReadings(BooleanSupplier doorOpen, Supplier<OptionalDouble> inFlight, LongSupplier admitted,
        Map<String, LongSupplier> refused, LongSupplier completed, LongSupplier upstreamFailures,
        LongSupplier clientGone, LongSupplier cut, LongSupplier lost) {

    public ServerReadings {
        refused = Map.copyOf(refused);
    }
}
