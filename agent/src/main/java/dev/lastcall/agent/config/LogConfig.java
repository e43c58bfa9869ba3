// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

/** How the log is written, to standard error. */
public record LogConfig(Format format, Level level) {

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

    static LogConfig read(Section section) {
        return new LogConfig(
                section.value("format", ValueType.word(Format.values()), Format.TEXT, "How an event is written."),
                section.value("level", ValueType.word(Level.values()), Level.INFO, "The least that is written."));
    }
}
