// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Effect.Point;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;

/**
 * When what happens: notices, withdrawals, faults of the metadata service, and the pauses in which is measured.
 *
 * <p>A notice counts as withdrawn after three definite answers that span three seconds. Of AWS's two minutes an idle server is
 * stopped after 15 s, so a notice of at most 8 s is withdrawn in time. Of a window of 26 s, with 9 s for the cut, the cut
 * comes after 11.5 s and the stop, where nothing keeps it, after 13.4: a notice that is gone after 9 s is withdrawn in the middle
 * of the cut. A fault of the metadata service is
 * over, with what the agent pauses after it, before the moments at which a notice must be seen to come or to be gone.
 *
 * @param cycles the notices, in order
 * @param faults of the metadata service
 * @param measureAfter the first measurement comes after so many cycles; 0: before the load
 * @param length all of it
 */
record SoakPlan(List<Cycle> cycles, List<Fault> faults, int measureAfter, Duration length) {

    private static final Duration LONG_WINDOW = Duration.ofMinutes(2);
    private static final Duration CUT_WINDOW = Duration.ofSeconds(26);
    private static final Duration CUT_GONE = Duration.ofSeconds(9);
    private static final Duration LEAST_STANDING = Duration.ofSeconds(3);
    private static final int MOST_MORE_MILLIS = 5_000;
    /** What a cycle takes at least: the notice, its withdrawal, and an open door for a while. */
    private static final Duration LEAST = Duration.ofSeconds(8);
    private static final Duration LEAST_OF_A_CUT = Duration.ofSeconds(15);
    /** What the measurement in the middle takes. */
    private static final Duration MEASURE = Duration.ofSeconds(12);
    private static final int ONE_CUT_IN = 4;
    /** The first notices are warm-up: classes are loaded, code is compiled, pools grow. */
    private static final int ONE_WARM_IN = 6;

    /** From a notice until it must have been seen, and from its end until it must have been believed. */
    private static final Duration SEEN = Duration.ofMillis(700);
    private static final Duration BELIEVED = Duration.ofSeconds(4);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    SoakPlan {
        cycles = List.copyOf(cycles);
        faults = List.copyOf(faults);
    }

    /** A plan of so many notices in so long, or in as long as they need. */
    static SoakPlan of(Duration time, int notices, boolean warm, long seed) {
        var random = new SplittableRandom(seed);
        int cuts = Math.max(1, notices / ONE_CUT_IN);
        int measureAfter = warm ? Math.max(1, notices / ONE_WARM_IN) : 0;
        Duration least = LEAST.multipliedBy(notices - cuts).plus(LEAST_OF_A_CUT.multipliedBy(cuts));
        Duration left = time.minus(least).minus(warm ? MEASURE : Duration.ZERO);
        Duration spare = left.isNegative() ? Duration.ZERO : left.dividedBy(notices);
        int more = Math.toIntExact(Math.min(MOST_MORE_MILLIS, spare.toMillis() / 2));
        List<Cycle> cycles = new ArrayList<>();
        Duration at = Duration.ofSeconds(2);
        for (int i = 0; i < notices; i++) {
            at = at.plus(spare);
            boolean cut = i % ONE_CUT_IN == ONE_CUT_IN - 1 || (notices < ONE_CUT_IN && i == notices - 1);
            Duration active = cut ? CUT_GONE : LEAST_STANDING.plusMillis(random.nextInt(more + 1));
            cycles.add(new Cycle(at, cut ? CUT_WINDOW : LONG_WINDOW, at.plus(active), cut));
            at = at.plus(cut ? LEAST_OF_A_CUT : LEAST);
            at = i + 1 == measureAfter ? at.plus(MEASURE) : at;
        }
        return new SoakPlan(cycles, faults(random, cycles, at), measureAfter, at);
    }

    private static List<Fault> faults(SplittableRandom random, List<Cycle> cycles, Duration length) {
        List<Fault> faults = new ArrayList<>();
        Duration from = Duration.ofMillis(500);
        while (from.compareTo(length) < 0) {
            int kind = random.nextInt(8);
            Duration takes = Duration.ofMillis(250 + random.nextInt(random.nextBoolean() ? 100 : 2_000));
            Duration until = from.plus(takes);
            if (isBearable(cycles, from, until.plus(recovery(kind, takes)))) {
                faults.add(Fault.between(from, until, effect(kind)));
                from = until.plusMillis(500 + random.nextInt(3_000));
            } else {
                from = from.plusMillis(100);
            }
        }
        return faults;
    }

    /** A slow answer is given up after 2 s; the pauses between failures grow with their number. */
    private static Duration recovery(int kind, Duration takes) {
        Duration pause = takes.multipliedBy(2);
        Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        return isSlow(kind) ? bounded.plusSeconds(2) : bounded;
    }

    private static boolean isBearable(List<Cycle> cycles, Duration from, Duration until) {
        return cycles.stream().noneMatch(cycle -> {
            Duration seen = cycle.noticeAt().plus(cycle.cuts() ? LEAST_OF_A_CUT : SEEN);
            return overlaps(from, until, cycle.noticeAt(), seen)
                    || overlaps(from, until, cycle.goneAt().minusMillis(500), cycle.goneAt().plus(BELIEVED));
        });
    }

    private static boolean overlaps(Duration from, Duration until, Duration otherFrom, Duration otherUntil) {
        return from.compareTo(otherUntil) < 0 && until.compareTo(otherFrom) > 0;
    }

    private static boolean isSlow(int kind) {
        return kind < 2;
    }

    private static Effect effect(int kind) {
        return switch (kind) {
            case 0 -> new Effect.Delay(Duration.ofSeconds(3));
            case 1 -> new Effect.Stall(Duration.ofSeconds(3));
            case 2 -> new Effect.Status(503);
            case 3 -> new Effect.Status(500);
            case 4 -> new Effect.Close(Point.BEFORE_ANSWER);
            case 5 -> new Effect.Reset(Point.IN_BODY);
            case 6 -> new Effect.Reset(Point.AFTER_ANSWER);
            default -> new Effect.Refuse();
        };
    }

    /** The same as a timeline of the simulated cloud. */
    Timeline timeline() {
        Timeline.Builder timeline = Timeline.builder();
        for (Cycle cycle : cycles) {
            timeline.at(cycle.noticeAt())
                    .set("spot/instance-action",
                            Value.fields("action", "terminate", "time",
                                    "in " + cycle.window().toSeconds() + "s as iso-fraction"));
            timeline.at(cycle.goneAt()).remove("spot/instance-action");
        }
        faults.forEach(timeline::fault);
        return timeline.build();
    }
}
