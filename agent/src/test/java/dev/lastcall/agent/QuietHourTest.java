// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;

import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What an agent on which nothing happens asks of the API server in an hour, with the hour played in virtual time. */
class QuietHourTest extends AgentBesideCluster {

    /** What a quiet hour may cost. */
    private static final int MOST = 70;

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration STEP = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();

    @Test
    void theWatchIsRenewedOnceOrTwiceWithALookAtTheNodeAndNothingElseIsAsked() {
        assertThat(requestsOfAQuietHour()).isBetween(2, 4);
        assertThat(cluster.asked("list pods")).hasSize(1);
    }

    @Test
    void whereEveryWatchIsEndedAfterFiveMinutesEachIsRenewedOnce() {
        cluster.endWatchesAfter(Duration.ofMinutes(5));
        assertThat(requestsOfAQuietHour()).isBetween(12, 15);
        assertThat(cluster.asked("list pods")).hasSize(1);
    }

    @Test
    void evenWhereEveryWatchIsEndedAfterAMinuteTheHourStaysWithinItsBound() {
        cluster.endWatchesAfter(Duration.ofMinutes(1));
        assertThat(requestsOfAQuietHour()).isBetween(58, MOST);
    }

    private int requestsOfAQuietHour() {
        cluster.put(pod("vllm", vllm).replace("containers:", "readinessGates: [{conditionType: lastcall.dev/open}]\n"
                + "  containers:"));
        Agent agent = opened(Agents.start(text(), clock));
        following(agent, 1);
        // The rehearsal and the looks at the node are those of the start.
        soon().until(() -> {
            clock.advance(Duration.ofSeconds(1));
            return !nodeCondition("lastcall.dev/Protected").isMissingNode();
        });
        soon().until(() -> cluster.openWatches() == 1 && openCondition("vllm").equals("True")
                && cluster.asked("patch nodes").size() == 1 && cluster.asked("get nodes").size() == 3);
        int before = cluster.asked().size();
        for (Duration passed = Duration.ZERO; passed.compareTo(HOUR) < 0; passed = passed.plus(STEP)) {
            int watches = cluster.asked("watch pods").size();
            clock.advance(STEP);
            boolean ends = cluster.pass(STEP);
            soon().until(() -> cluster.openWatches() == 1
                    && cluster.asked("watch pods").size() == (ends ? watches + 1 : watches));
        }
        assertThat(agent.status().conditions()).extracting(StatusView.Condition::code).containsExactly("no-source");
        return cluster.asked().size() - before;
    }
}
