// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What a demo is told.
 *
 * @param cloud whose notice it is
 * @param window from the notice to the deadline; {@link #SHORTEST_WINDOW} to {@link #LONGEST_WINDOW}
 * @param streaming clients that ask for streams
 * @param plain clients that ask for whole answers
 * @param upstream a real completion server in place of the built-in one; null for the built-in one
 * @param withLastcall whether Lastcall is there; if not, the server is told to stop at the notice
 */
record DemoOptions(Cloud cloud, Duration window, int streaming, int plain, @Nullable URI upstream,
        boolean withLastcall) {

    static final Duration SHORTEST_WINDOW = Duration.ofSeconds(10);
    static final Duration LONGEST_WINDOW = Duration.ofMinutes(10);
    static final int MAX_CLIENTS = 200;

    /** Whose metadata is simulated. */
    enum Cloud {
        AWS("AWS"), GCP("Google Cloud"), AZURE("Azure");

        private final String title;

        Cloud(String title) {
            this.title = title;
        }

        /** As people call it. */
        String title() {
            return title;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    DemoOptions {
        if (window.compareTo(SHORTEST_WINDOW) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new IllegalArgumentException("--window: from 10s to 10m");
        }
        if (streaming + plain < 1 || streaming + plain > MAX_CLIENTS) {
            throw new IllegalArgumentException("--clients: from 1 to " + MAX_CLIENTS);
        }
        if (upstream != null && !withLastcall) {
            throw new IllegalArgumentException(
                    "--upstream with --without-lastcall: the demo stops no server but its own; leave one of them out");
        }
    }
}
