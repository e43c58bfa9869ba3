// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;

/**
 * What a server's stop asks of the budget.
 *
 * @param stops whether there is anything to stop; without it the drain is over when it is idle or has cut
 * @param grace time from SIGTERM to its own exit, once nothing is in flight; zero where the budget's own will do
 * @param lead how long before the node's deadline another program ends the server: the kubelet of a node that shuts down
 *        kills ordinary pods before those of the system
 * @param first whether it is asked to stop at the notice already, because its own drain is the door: it has the whole window
 */
public record StopNeeds(boolean stops, Duration grace, Duration lead, boolean first) {

    /** Beyond its own shutdown timeout vLLM takes this long to tear its engine down. Measured by others: 3 to 5 s. */
    public static final Duration VLLM_TEARDOWN = Duration.ofSeconds(5);

    /** A server that exits soon after SIGTERM. */
    public static final StopNeeds PROMPT = new StopNeeds(true, Duration.ZERO);

    /** A server that the agent does not stop. */
    public static final StopNeeds NOTHING_TO_STOP = new StopNeeds(false, Duration.ZERO);

    public StopNeeds {
        if (grace.isNegative() || lead.isNegative()) {
            throw new IllegalArgumentException("a stop cannot need less than no time: " + grace + ", " + lead);
        }
    }

    /** Of a server that is asked to stop at the end of its drain. */
    public StopNeeds(boolean stops, Duration grace, Duration lead) {
        this(stops, grace, lead, false);
    }

    /** The same, asked at the notice or at the end of the drain. */
    public StopNeeds asked(boolean atTheNotice) {
        return new StopNeeds(stops, grace, lead, atTheNotice && stops);
    }

    /** Of a server that no other program ends before the node's deadline. */
    public StopNeeds(boolean stops, Duration grace) {
        this(stops, grace, Duration.ZERO);
    }

    /**
     * A vLLM started with {@code --shutdown-timeout}.
     *
     * @param shutdownTimeout the value of that option; zero, its default, aborts at SIGTERM
     */
    public static StopNeeds vllm(Duration shutdownTimeout) {
        return shutdownTimeout.isZero() ? PROMPT : new StopNeeds(true, shutdownTimeout.plus(VLLM_TEARDOWN));
    }
}
