// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.io.PrintWriter;

/** Where a demo shows its story: lines that stay, and one that is written again all the time. Not thread-safe. */
sealed interface StoryScreen {

    /** Adds a line that stays. */
    void line(String text);

    /** Shows how things stand. */
    void live(String text);

    /** The last line that was live is of no interest any more. */
    void endLive();

    /** A terminal: the live line is redrawn in place. */
    final class Terminal implements StoryScreen {
        private static final String ERASE_LINE = "\r\u001b[2K";
        private final PrintWriter out;

        Terminal(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void line(String text) {
            out.print(ERASE_LINE + text + System.lineSeparator());
            out.flush();
        }

        @Override
        public void live(String text) {
            out.print(ERASE_LINE + text);
            out.flush();
        }

        @Override
        public void endLive() {
            out.print(ERASE_LINE);
            out.flush();
        }
    }

    /** A file or a pipe: the live line is written once in a while. */
    final class Plain implements StoryScreen {
        private static final int LIVE_EVERY = 20;
        private final PrintWriter out;
        private int lives;

        Plain(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void line(String text) {
            out.println(text);
            out.flush();
        }

        @Override
        public void live(String text) {
            if (lives++ % LIVE_EVERY == 0) {
                line(text);
            }
        }

        @Override
        public void endLive() {
            lives = 0;
        }
    }
}
