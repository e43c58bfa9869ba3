// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** How the log is written, to standard error. */
public record LogSettings(Format format, Level level) {

    /** Lines of text, every transition. */
    public static final LogSettings DEFAULT = new LogSettings(Format.TEXT, Level.INFO);

    /** How an event is written. */
    public enum Format {
        /** One line of text with keys and values. */
        TEXT,
        /** One JSON object a line. */
        JSON
    }

    /** The least that is written. */
    public enum Level {
        /** Only what failed. */
        ERROR,
        /** And what an operator may need to act on. */
        WARN,
        /** And every transition. */
        INFO,
        /** And every look. */
        DEBUG
    }
}
