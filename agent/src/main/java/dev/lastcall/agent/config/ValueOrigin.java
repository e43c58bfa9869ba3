// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

/** Where a value came from. {@link Object#toString()} is the text for people. */
public sealed interface ValueOrigin {

    /** It is not set. */
    ValueOrigin DEFAULT = new Default();

    /** It is not set. */
    record Default() implements ValueOrigin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /**
     * A place in the file.
     *
     * @param file its name as it was given
     * @param line counted from 1; 0 for the file as a whole
     * @param column counted from 1
     */
    record InFile(String file, int line, int column) implements ValueOrigin {
        @Override
        public String toString() {
            return line == 0 ? file : file + ":" + line + ":" + column;
        }
    }

    /** An environment variable. */
    record Environment(String name) implements ValueOrigin {
        @Override
        public String toString() {
            return "environment " + name;
        }
    }

    /** A flag of the command line, with its dashes. */
    record Flag(String name) implements ValueOrigin {
        @Override
        public String toString() {
            return "flag " + name;
        }
    }
}
