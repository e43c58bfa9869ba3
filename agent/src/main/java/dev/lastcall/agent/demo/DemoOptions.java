// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The options of a demo.
 *
 * @param cloud whose notice it is
 * @param window from the notice to the deadline; {@link #SHORTEST_WINDOW} to {@link #LONGEST_WINDOW}
 * @param streaming clients that ask for streams
 * @param plain clients that ask for whole answers
 * @param upstream a real completion server in place of the built-in one; null for the built-in one
 * @param withLastcall whether Lastcall is there; if not, the server is asked to stop at the notice
 */
record DemoOptions(CloudProvider cloud, Duration window, int streaming, int plain, @Nullable URI upstream,
        boolean withLastcall) {

    static final Duration SHORTEST_WINDOW = Duration.ofSeconds(10);
    static final Duration LONGEST_WINDOW = Duration.ofMinutes(10);
    /** Compute Engine: 30 s, or 120 s for a VM made with that preemption notice. */
    private static final Set<Duration> GCP_WINDOWS = Set.of(Duration.ofSeconds(30), Duration.ofMinutes(2));
    static final int MAX_CLIENTS = 200;

    DemoOptions {
        if (window.compareTo(SHORTEST_WINDOW) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new IllegalArgumentException("--window: from 10s to 10m");
        }
        if (cloud == CloudProvider.GCP && !GCP_WINDOWS.contains(window)) {
            throw new IllegalArgumentException("--window with --cloud gcp: 30s, or 2m; a VM there has no other notice");
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
