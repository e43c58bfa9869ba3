// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

/** How the process ends, for scripts and units. */
public enum ExitCode {
    /** Done. */
    OK(0),
    /** It failed. */
    FAILURE(1),
    /** The command line or the configuration is wrong. */
    USAGE(2),
    /** The deadline passed first. */
    DEADLINE(3),
    /** Interrupted from the keyboard. */
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number that the process exits with. */
    public int code() {
        return code;
    }
}
