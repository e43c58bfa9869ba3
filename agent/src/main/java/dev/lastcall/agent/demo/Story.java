// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.time.Duration;
import java.util.Locale;

import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.Verdict;
import org.jspecify.annotations.Nullable;

/** Shows a demo on a screen: what has just happened, and the present state. Confined to the demo's thread. */
final class Story {

    private static final int BAR_WIDTH = 12;

    private final StoryScreen storyScreen;
    private final Duration window;
    private final boolean guarded;
    private final long startNanos = System.nanoTime();
    private @Nullable NodeStatus before;
    private boolean idleShown;

    Story(StoryScreen storyScreen, DemoOptions options) {
        this.storyScreen = storyScreen;
        this.window = options.window();
        this.guarded = options.withLastcall();
    }

    /** A line for something that has happened. */
    void event(String what) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        storyScreen.line(String.format(Locale.ROOT, "%6.1f s  %s", seconds, what));
    }

    /** Shows what is new since the last look, and the present state. */
    void look(NodeStatus now, FateTable sofar, int inFlight) {
        NodeStatus last = before == null ? now : before;
        before = now;
        Duration left = now.remaining();
        if (guarded && left != null && !last.isNoticed()) {
            event("the agent has seen the notice: " + seconds(left) + " left");
        }
        if (last.doorOpen() && !now.doorOpen()) {
            event("door closed: new requests get 503, try elsewhere; " + inFlight(now) + " go on");
        }
        if (!idleShown && now.isNoticed() && now.inFlight() == 0 && !now.doorOpen()) {
            idleShown = true;
            event("idle: nothing is in flight any more" + (left == null ? "" : ", " + seconds(left) + " left"));
        }
        if (!last.phase().equals(now.phase()) && now.phase().equals("cutting")) {
            event("the budget is spent: " + inFlight(now) + " are cut, and their clients get an error");
        }
        if (guarded && !last.stopSent() && now.stopSent()) {
            event("the server is asked to stop" + (left == null ? "" : ", " + seconds(left) + " before the deadline"));
        }
        if (!last.over() && now.over()) {
            event((guarded && !now.stopSent()
                    ? "the drain is over, and the server is left running"
                    : "the server has stopped")
                    + (left == null || !guarded ? "" : ", " + seconds(left) + " of the window unused"));
        }
        storyScreen.live(standing(now, sofar, inFlight));
    }

    private String standing(NodeStatus now, FateTable sofar, int inFlight) {
        Duration left = now.remaining();
        String clock = left == null ? "no notice yet" : bar(left) + " " + seconds(left) + " left";
        int cut = sofar.count(Verdict.CUT);
        return String.format(Locale.ROOT, "  %s  %d in flight, %d complete, %d refused, %s%d lost", clock, inFlight,
                sofar.count(Verdict.COMPLETE), sofar.count(Verdict.REFUSED), cut == 0 ? "" : cut + " cut, ",
                sofar.count(Verdict.LOST));
    }

    private String bar(Duration left) {
        long filled = Math.clamp(Math.round((double) left.toMillis() * BAR_WIDTH / window.toMillis()), 0L, BAR_WIDTH);
        return "[" + "#".repeat((int) filled) + ".".repeat(BAR_WIDTH - (int) filled) + "]";
    }

    private static String inFlight(NodeStatus now) {
        return now.inFlight() < 0 ? "those in flight" : now.inFlight() + " in flight";
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    /** The live line is of no interest any more. */
    void endLive() {
        storyScreen.endLive();
    }

    /** A line as it is. */
    void line(String text) {
        storyScreen.line(text);
    }
}
