// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.List;

/**
 * How the drains of this node go. Immutable.
 *
 * @param policy how a window is divided
 * @param finish how long requests in flight through a gate may take when the agent ends without a notice
 * @param reopen whether a withdrawal before the stop opens the door again; if not, a drain once begun goes on to its end
 * @param dryRun whether everything is watched, logged and recorded, and nothing is done
 * @param restartCommand run when the notice is withdrawn after the server was stopped; empty for none
 */
public record DrainSettings(DrainPolicy policy, Duration finish, boolean reopen, boolean dryRun,
        List<String> restartCommand) {

    /** By the rules, reopening, in earnest. */
    public static final DrainSettings DEFAULT = new DrainSettings(DrainPolicy.DEFAULT, Duration.ofSeconds(60), true,
            false,
            List.of());

    public DrainSettings {
        restartCommand = List.copyOf(restartCommand);
    }
}
