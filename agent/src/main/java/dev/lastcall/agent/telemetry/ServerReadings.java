// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Where a server's figures are read, at a scrape; none may block. Counts only rise.
 *
 * @param doorOpen whether the door lets requests in
 * @param inFlight requests in flight; NaN where it cannot be read
 * @param admitted requests let in
 * @param refused requests not let in, by reason; the reasons are a closed set
 * @param cut requests ended by the agent before they were complete
 * @param lost requests whose client got a broken answer
 */
public record ServerReadings(BooleanSupplier doorOpen, DoubleSupplier inFlight, LongSupplier admitted,
        Map<String, LongSupplier> refused, LongSupplier cut, LongSupplier lost) {

    public ServerReadings {
        refused = Map.copyOf(refused);
    }
}
