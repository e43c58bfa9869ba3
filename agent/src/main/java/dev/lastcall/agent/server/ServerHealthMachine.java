// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;

/**
 * Follows a server's health from poll to poll: a pure transition.
 *
 * <pre>
 *            answered                    answered
 *  Unknown ────────────▶ Up ◀──────────────────────────────┐
 *     │                  │ unreachable twice, or silent     │
 *     │ unreachable      │ SILENT_POLLS times               │
 *     │ twice            ▼                                  │
 *     └────────▶ process runs, or it says that it loads ──▶ Starting ── STARTING_BOUND ──▶ Down
 *                else ────────────────────────────────────────────────────────────────────▶ Down
 * </pre>
 *
 * Immutable.
 *
 * @param health what the polls show
 * @param failures polls in a row that did not find it serving
 * @param sinceNanos when the first of them was, on the monotonic clock; of no meaning while there is none
 */
public record ServerHealthMachine(ServerHealth health, int failures, long sinceNanos) {

    /** One failed connection may be a restart or a full backlog. */
    public static final int UNREACHABLE_POLLS = 2;

    /** A server that is busy with long prompts may miss some polls in a row. */
    public static final int SILENT_POLLS = 6;

    /** Longest time that a server whose process runs is believed to be starting. */
    public static final Duration STARTING_BOUND = Duration.ofMinutes(15);

    /** Before the first poll. */
    public static final ServerHealthMachine NEW = new ServerHealthMachine(new ServerHealth.Unknown(), 0, 0);

    /**
     * The state after one more poll.
     *
     * @param processRuns whether the server's process is known to run
     */
    public ServerHealthMachine after(HealthReading reading, boolean processRuns, long nowNanos) {
        return switch (reading) {
            case HealthReading.Answered _ -> new ServerHealthMachine(new ServerHealth.Up(), 0, 0);
            case HealthReading.Loading(String reason) -> failed(1, true, reason, nowNanos);
            case HealthReading.Silent(String reason) -> failed(SILENT_POLLS, processRuns, reason, nowNanos);
            case HealthReading.Unreachable(String reason) -> failed(UNREACHABLE_POLLS, processRuns, reason, nowNanos);
        };
    }

    private ServerHealthMachine failed(int needed, boolean mayBeStarting, String reason, long nowNanos) {
        int count = failures + 1;
        long since = failures == 0 ? nowNanos : sinceNanos;
        if (count < needed) {
            return new ServerHealthMachine(health, count, since);
        }
        boolean starting = mayBeStarting && nowNanos - since < STARTING_BOUND.toNanos();
        return new ServerHealthMachine(
                starting ? new ServerHealth.Starting(reason) : new ServerHealth.Down(reason), count, since);
    }
}
