// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import dev.lastcall.warmup.text.SafeText;

/** Ends a command: what happened and what to do, in one message for a person, and how the process exits. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    /** A failure with this message. */
    public CommandFailure(ExitCode exitCode, String message) {
        super(SafeText.of(message));
        this.exitCode = exitCode;
    }

    /** A failure with this message, because of another. */
    public CommandFailure(ExitCode exitCode, String message, Throwable cause) {
        super(SafeText.of(message), cause);
        this.exitCode = exitCode;
    }

    /** How the process exits. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
