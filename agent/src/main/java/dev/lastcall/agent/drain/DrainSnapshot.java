// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.metadata.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One server's drain at one moment, for status and metrics. Immutable.
 *
 * @param server the server's name
 * @param kind the server's kind
 * @param phase where the drain is
 * @param doorClosed whether the door is closed; in a dry run, whether it would be
 * @param lastReading the last reading of this drain; null before the first
 * @param totals the server's running totals
 * @param deadline the deadline it works to; null while no drain is on
 * @param timeLeft until the deadline; null while no drain is on, zero once it has passed
 * @param overdue since the deadline; zero before it
 * @param outcome how the drain ended; null until it has
 * @param dryRun whether nothing is really done
 */
public record DrainSnapshot(String server, ServerKind kind, Phase phase, boolean doorClosed,
        @Nullable InFlight lastReading, RequestCounter.Totals totals, @Nullable Deadline deadline,
        @Nullable Duration timeLeft, Duration overdue, @Nullable DrainOutcome outcome, boolean dryRun) {}
