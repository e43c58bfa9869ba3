// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.RequestOutcome;
import dev.lastcall.agent.demo.load.Verdict;
import dev.lastcall.proof.Scenario.Guard;
import tools.jackson.databind.JsonNode;

/** Holds one run to what the agent promises. Times are seconds from the moment the notice could be seen. */
final class Promises {

    /** From the notice to the closed door. */
    private static final double DOOR_SECONDS = 0.5;
    /** Requests that do not fit are given at least this share of the window. */
    private static final double SHARE_USED = 0.6;

    private final Scenario scenario;
    private final List<RequestOutcome> endings;
    private final FateTable table;
    private final Sightings seen;
    private final JsonNode drained;
    private final List<Check> checks = new ArrayList<>();

    /**
     * All that was seen of one run.
     *
     * @param endings every request
     * @param seen what was seen of agent and server from outside
     * @param drained the agent's own record of the drain
     */
    Promises(Scenario scenario, List<RequestOutcome> endings, FateTable table, Sightings seen, JsonNode drained) {
        this.scenario = scenario;
        this.endings = endings;
        this.table = table;
        this.seen = seen;
        this.drained = drained;
    }

    RunReport report() {
        int lost = table.count(Verdict.LOST);
        check("no request is lost", lost == 0, lost + " lost");
        check("the agent outlives the drain", seen.agentAlive(), seen.agentAlive() ? "alive" : "it ended");
        door();
        boolean fits = scenario.longest().compareTo(scenario.window()) < 0;
        if (fits) {
            drainedWhole();
        } else {
            cutHonestly();
        }
        goneInTime();
        return new RunReport(scenario, table, checks);
    }

    private void door() {
        double lastIn = endings.stream()
                .filter(requestOutcome -> requestOutcome.fate().verdict() != Verdict.REFUSED)
                .mapToDouble(requestOutcome -> after(requestOutcome.sentNanos()))
                .max()
                .orElse(0);
        if (scenario.guard() == Guard.GATE) {
            int refused = table.count(Verdict.REFUSED);
            check("the door is closed within 0.5 s of the notice", lastIn <= DOOR_SECONDS,
                    String.format(Locale.ROOT, "the last request that was let in was sent at %+.3f s", lastIn));
            check("later requests are refused, so that clients try elsewhere", refused > 0, refused + " refused");
        } else {
            double unready = after(seen.unreadyNanos());
            check("readiness says no within 0.5 s of the notice", unready <= DOOR_SECONDS,
                    String.format(Locale.ROOT, "seen at %+.3f s; the last request was sent at %+.3f s", unready,
                            lastIn));
        }
    }

    private void drainedWhole() {
        int cut = table.count(Verdict.CUT);
        check("no request is cut", cut == 0, cut + " cut");
        Instant idle = instant("idleAt");
        Instant stopSent = instant("stopSentAt");
        check("the stop is sent only once the server is idle",
                outcome().equals("drained") && !stopSent.isBefore(idle),
                String.format(Locale.ROOT, "outcome %s, idle %+.1f s after it was noticed, stop sent %+.1f s",
                        outcome(),
                        sinceDetection(idle), sinceDetection(stopSent)));
        double lastEnd = endings.stream()
                .filter(requestOutcome -> requestOutcome.fate().verdict() == Verdict.COMPLETE)
                .mapToDouble(requestOutcome -> after(requestOutcome.endedNanos()))
                .max()
                .orElse(0);
        check("every answer is whole before the server goes", lastEnd <= after(seen.goneNanos()),
                String.format(Locale.ROOT, "the last answer ended at %+.1f s", lastEnd));
    }

    private void cutHonestly() {
        List<RequestOutcome> cut = endings.stream()
                .filter(requestOutcome -> requestOutcome.fate().verdict() == Verdict.CUT)
                .toList();
        Set<String> details = Set.copyOf(cut.stream().map(RequestOutcome::detail).toList());
        check("what does not fit is cut, and every client can tell", !cut.isEmpty() && table.count(Verdict.LOST) == 0,
                cut.size() + " cut, by " + details);
        double first = cut.stream().mapToDouble(requestOutcome -> after(requestOutcome.endedNanos())).min().orElse(0);
        check("nothing is cut before the window is used", first >= scenario.window().toSeconds() * SHARE_USED,
                String.format(Locale.ROOT, "the first was cut at %+.1f s", first));
        check("the stop is sent once the server's budget is spent", outcome().equals("cut"),
                String.format(Locale.ROOT, "outcome %s, stop sent %+.1f s after it was noticed", outcome(),
                        sinceDetection(instant("stopSentAt"))));
    }

    private void goneInTime() {
        double gone = after(seen.goneNanos());
        Duration window = scenario.window();
        check("the server is gone before the deadline", gone < window.toSeconds(), String.format(Locale.ROOT,
                "gone at %+.1f s of %d s%s", gone, window.toSeconds(),
                drained.path("killed").asBoolean(false) ? ", by SIGKILL" : ""));
    }

    private String outcome() {
        return drained.path("outcome").asString("none").toLowerCase(Locale.ROOT);
    }

    /** An instant of the agent's record; the end of time where it was never reached. */
    private Instant instant(String key) {
        String text = drained.path(key).asString("");
        return text.isEmpty() ? Instant.MAX : Instant.parse(text);
    }

    private double sinceDetection(Instant instant) {
        Instant detected = instant("detectedAt");
        return instant.equals(Instant.MAX) || detected.equals(Instant.MAX)
                ? Double.NaN
                : Duration.between(detected, instant).toMillis() / 1000.0;
    }

    private double after(long nanos) {
        return nanos == Sightings.NEVER ? Double.POSITIVE_INFINITY : (nanos - seen.noticeNanos()) / 1e9;
    }

    private void check(String promise, boolean held, String seen) {
        checks.add(new Check(promise, held, seen));
    }
}
