// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

/**
 * How the drains of this node go. Immutable.
 *
 * @param policy how a window is divided
 * @param reopen whether a withdrawal before the stop opens the door again; if not, a drain once begun goes on to its end
 * @param dryRun whether everything is watched, logged and recorded, and nothing is done
 */
public record DrainSettings(DrainPolicy policy, boolean reopen, boolean dryRun) {

    /** By the rules, reopening, in earnest. */
    public static final DrainSettings DEFAULT = new DrainSettings(DrainPolicy.DEFAULT, true, false);
}
