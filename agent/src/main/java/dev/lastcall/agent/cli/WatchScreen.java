// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.List;

/** A screen on which something is drawn again and again, with the keys that are pressed meanwhile. */
interface WatchScreen extends AutoCloseable {

    /** No key was pressed. */
    char NONE = 0;

    /** The terminal is gone. */
    char GONE = 4;

    /** How large it is now. */
    TerminalScreen size();

    /** Replaces what is shown; more lines than it has rows are cut off. */
    void draw(List<String> lines);

    /** The next key; waits a fraction of a second for it, then {@link #NONE}. */
    char key() throws InterruptedException;

    /** Gives the terminal back as it was. */
    @Override
    void close();
}
