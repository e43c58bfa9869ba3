// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

/** What the words of a command may look like: they are handed to the system as they are, through no shell. */
final class Commands {

    static final ValueType<String> WORD = ValueType.text("a program or argument, not empty, no control characters",
            "[^\\p{Cntrl}]{1,1024}");

    private Commands() {}
}
