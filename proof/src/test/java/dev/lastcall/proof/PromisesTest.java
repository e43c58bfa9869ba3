// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.lastcall.agent.demo.CloudProvider;
import dev.lastcall.agent.demo.load.Fate;
import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.RequestOutcome;
import dev.lastcall.agent.demo.load.Verdict;
import dev.lastcall.proof.Scenario.Guard;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** A proof is worth something only if each promise, broken, is found out. */
class PromisesTest {

    private static final String DRAINED = """
            {"outcome":"drained","detectedAt":"2026-11-24T10:00:00.2Z","idleAt":"2026-11-24T10:00:06Z",
             "stopSentAt":"2026-11-24T10:00:08Z"}""";
    private static final String CUT = """
            {"outcome":"cut","detectedAt":"2026-11-24T10:00:00.2Z","stopSentAt":"2026-11-24T10:00:23Z"}""";

    private final Scenario quick = scenario(Guard.GATE, 6);
    private final Scenario tooLong = scenario(Guard.GATE, 70);

    @Test
    void keptPromisesHold() {
        assertThat(broken(quick, DRAINED, 9, good())).isEmpty();
        assertThat(broken(tooLong, CUT, 24, cut(20.5))).isEmpty();
        assertThat(broken(scenario(Guard.GAUGES, 6), DRAINED, 9, ending(Fate.COMPLETE, 0.1, 6))).isEmpty();
    }

    @Test
    void lostRequestIsFoundOut() {
        for (Fate fate : Fate.values()) {
            if (fate.verdict() == Verdict.LOST) {
                assertThat(broken(quick, DRAINED, 9, good(), ending(fate, -1, 3))).contains("no request is lost");
            }
        }
    }

    @Test
    void cutRequestThatWouldHaveFittedIsFoundOut() {
        assertThat(broken(quick, DRAINED, 9, good(), ending(Fate.CUT_STREAM, -1, 3))).contains("no request is cut");
    }

    @Test
    void doorThatClosesLateIsFoundOut() {
        assertThat(broken(quick, DRAINED, 9, good(), ending(Fate.COMPLETE, 0.6, 3)))
                .containsExactly("the door is closed within 0.5 s of the notice");
        assertThat(broken(quick, DRAINED, 9, ending(Fate.COMPLETE, 0.1, 3)))
                .containsExactly("later requests are refused, so that clients try elsewhere");
    }

    @Test
    void stopBeforeIdleIsFoundOut() {
        assertThat(broken(quick, DRAINED.replace("10:00:08Z", "10:00:05Z"), 9, good()))
                .containsExactly("the stop is sent only once the server is idle");
        assertThat(broken(quick, CUT, 9, good())).containsExactly("the stop is sent only once the server is idle");
        assertThat(broken(quick, "{}", 9, good())).containsExactly("the stop is sent only once the server is idle");
    }

    @Test
    void serverThatOutlivesTheDeadlineIsFoundOut() {
        assertThat(broken(quick, DRAINED, 30.1, good())).containsExactly("the server is gone before the deadline");
    }

    @Test
    void cutThatWastesTheWindowIsFoundOut() {
        assertThat(broken(tooLong, CUT, 24, cut(5))).containsExactly("nothing is cut before the window is used");
        assertThat(broken(tooLong, CUT, 24, good())).contains("what does not fit is cut, and every client can tell");
    }

    private static Scenario scenario(Guard guard, int longest) {
        return new Scenario("test", "a test", CloudProvider.GCP, Duration.ofSeconds(30), guard, Duration.ofSeconds(2),
                Duration.ofSeconds(longest));
    }

    private static RequestOutcome[] good() {
        return new RequestOutcome[]{endingOf(Fate.COMPLETE, -2, 5), endingOf(Fate.REFUSED, 0.3, 0.3)};
    }

    private static RequestOutcome[] cut(double at) {
        return new RequestOutcome[]{endingOf(Fate.CUT_STREAM, -2, at), endingOf(Fate.REFUSED, 0.3, 0.3)};
    }

    private static RequestOutcome[] ending(Fate fate, double sent, double ended) {
        return new RequestOutcome[]{endingOf(fate, sent, ended)};
    }

    private static RequestOutcome endingOf(Fate fate, double sent, double ended) {
        return new RequestOutcome(fate, "", true, (long) (sent * 1e9), (long) (ended * 1e9));
    }

    private static List<String> broken(Scenario scenario, String drained, double gone, RequestOutcome[]... endings) {
        List<RequestOutcome> all = new ArrayList<>();
        Arrays.stream(endings).forEach(some -> all.addAll(List.of(some)));
        var seen = new Sightings(0, (long) 0.2e9, (long) (gone * 1e9), true);
        return new Promises(scenario, all, FateTable.of(all, 0, 0, 0), seen, new ObjectMapper().readTree(drained))
                .report()
                .checks()
                .stream()
                .filter(check -> !check.held())
                .map(Check::promise)
                .toList();
    }
}
