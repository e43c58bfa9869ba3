// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import dev.lastcall.agent.drain.DrainInput.Answering;
import dev.lastcall.agent.drain.DrainInput.Confirmed;
import dev.lastcall.agent.drain.DrainInput.DeadlineMoved;
import dev.lastcall.agent.drain.DrainInput.Gone;
import dev.lastcall.agent.drain.DrainInput.Killed;
import dev.lastcall.agent.drain.DrainInput.Noticed;
import dev.lastcall.agent.drain.DrainInput.Reading;
import dev.lastcall.agent.drain.DrainInput.Reopened;
import dev.lastcall.agent.drain.DrainInput.Resumed;
import dev.lastcall.agent.drain.DrainInput.Tick;
import dev.lastcall.agent.drain.DrainInput.Withdrawn;
import dev.lastcall.agent.drain.DrainState.Announcing;
import dev.lastcall.agent.drain.DrainState.Confirming;
import dev.lastcall.agent.drain.DrainState.Cutting;
import dev.lastcall.agent.drain.DrainState.Draining;
import dev.lastcall.agent.drain.DrainState.Open;
import dev.lastcall.agent.drain.DrainState.Resumable;
import dev.lastcall.agent.drain.DrainState.Scheduled;
import dev.lastcall.agent.drain.DrainState.Settling;
import dev.lastcall.agent.drain.DrainState.Stopped;
import dev.lastcall.agent.drain.DrainState.Stopping;
import dev.lastcall.agent.drain.DrainState.Waiting;
import dev.lastcall.agent.drain.DrainState.WithdrawnAfterStop;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.Deadline;

/**
 * The drain of one server as a pure function of state, input and time. It holds no state, reads no clock and does
 * nothing itself: what is to be done comes back as actions.
 *
 * <pre>
 *  Open ──noticed, requests may go on──▶ Announcing ──connections refused, then closed──▶ Settling
 *   ▲                                        │
 *   └──withdrawn─────────────────────────────┘
 *
 *  Open ──noticed──▶ Settling ──settled──▶ Waiting ──budget spent──▶ Cutting
 *   ▲  ▲                │                  │    │                    │    │
 *   │  └──withdrawn─────┴──────────────────┘    │idle      idle, or  │    │
 *   │  └──withdrawn─────────────────────────────┼────────────────────┘    │
 *   │                                           ▼            out of time  ▼
 *   │                          (a server gone)  Stopping ◀────────────────┘
 *   │                                   │       │ gone, or the deadline passed
 *   │                                   ▼       ▼
 *   │  withdrawn, before the stop       Stopped
 *   ├───────────────────────────────────┘ │ withdrawn, after the stop began
 *   │             answers again           ▼
 *   └──────────────────────────── WithdrawnAfterStop
 *
 *  Open ──resumed──▶ Confirming ──confirmed, or the time that is left needs it──▶ Settling or Stopping
 *   ▲                    │  │
 *   └────withdrawn───────┘  └─withdrawn, after the stop began──▶ WithdrawnAfterStop
 *
 *  Open ◀──reopened by an operator── each of them but Stopping
 * </pre>
 *
 * <p>Where there is nothing to stop, Stopping is left out. A server that is asked to stop first gets its SIGTERM at the notice
 * and no second one, and a withdrawal in mid-drain finds it as one after the stop. After a restart past the deadline Confirming
 * has no end of its own: the node lives, so only a source that still says so makes the drain go on.
 */
final class DrainMachine {

    /** A kill is tried again after this long, and needs this long to be seen. */
    static final Duration KILL_RETRY = Duration.ofSeconds(1);

    /** After a restart a drain waits so long for the sources, if its schedule allows, before it goes on unconfirmed. */
    static final Duration CONFIRM_BOUND = Duration.ofSeconds(8);

    private final DrainPolicy policy;
    private final StopNeeds needs;

    DrainMachine(DrainPolicy policy, StopNeeds needs) {
        this.policy = policy;
        this.needs = needs;
    }

    /** What one input leads to. */
    record Step(DrainState state, List<DrainAction> actions) {
        Step {
            actions = List.copyOf(actions);
        }
    }

    /** Takes one input at an instant. */
    Step step(DrainState state, DrainInput input, long now) {
        var actions = new ArrayList<DrainAction>();
        DrainState after = take(state, input, now, actions);
        DrainState before;
        do {
            before = after;
            after = advance(before, now, actions);
        } while (!after.equals(before));
        return new Step(after, actions);
    }

    /** When time alone will change this state; empty where it will not. */
    OptionalLong wakeAt(DrainState state) {
        return switch (state) {
            case Announcing announcing -> OptionalLong.of(announcing.nextAt());
            case Settling(DrainSchedule schedule, IdleEvidence _) -> OptionalLong.of(schedule.settledAt());
            case Waiting(DrainSchedule schedule, IdleEvidence _) -> OptionalLong.of(schedule.cutAt());
            case Cutting(DrainSchedule schedule, IdleEvidence _) -> OptionalLong.of(schedule.stopAt());
            case Stopping stopping -> OptionalLong.of(stopping.nextKill());
            case Confirming confirming -> confirming.until();
            case Open _,Stopped _,WithdrawnAfterStop _ -> OptionalLong.empty();
        };
    }

    private DrainState take(DrainState state, DrainInput input, long now, List<DrainAction> actions) {
        return switch (input) {
            case Noticed noticed -> noticed(state, noticed, now, actions);
            case DeadlineMoved(Deadline deadline) -> state instanceof Scheduled scheduled
                    ? compressed(scheduled, deadline, now)
                    : state;
            case Withdrawn _ -> withdrawn(state, actions);
            case Reopened _ -> reopened(state, actions);
            case Reading reading -> read(state, reading, now, actions);
            case Tick _ -> state;
            case Killed(Stopper.Outcome outcome) -> killed(state, outcome, now);
            case Gone gone -> gone(state, gone.inFlight(), actions);
            case Answering _ -> state instanceof WithdrawnAfterStop ? reopened(state, actions) : state;
            case Resumed(Scheduled resumed) -> {
                actions.add(new DrainAction.CloseDoor());
                yield resumed(resumed, now);
            }
            case Confirmed(Optional<Deadline> deadline) -> state instanceof Confirming confirming
                    ? goOn(confirming, deadline, now)
                    : state;
        };
    }

    private static DrainState resumed(Scheduled state, long now) {
        return switch (state) {
            case Announcing announcing -> confirming(new Settling(announcing.schedule(), IdleEvidence.NONE), now);
            case Draining draining -> confirming(new Settling(draining.schedule(), IdleEvidence.NONE), now);
            case Stopping stopping -> confirming(stopping, now);
            case Confirming _,Stopped _,WithdrawnAfterStop _ -> state;
        };
    }

    private static DrainState confirming(Resumable next, long now) {
        long left = next.schedule().deadline().nanoTime() - now;
        long spare = Math.max(0, left - DrainPolicy.MINIMAL_WINDOW.toNanos());
        return new Confirming(next.schedule(), next,
                left < 0 ? OptionalLong.empty() : OptionalLong.of(now + Math.min(spare, CONFIRM_BOUND.toNanos())));
    }

    /** A deadline that has passed on a node that lives was wrong: then the deadline of the confirmation counts. */
    private DrainState goOn(Confirming confirming, Optional<Deadline> confirmed, long now) {
        DrainSchedule before = confirming.schedule();
        DrainSchedule schedule = confirmed.filter(later -> confirming.until().isEmpty())
                .map(later -> DrainSchedule.of(before.startAt(), later, now, policy, needs))
                .orElseGet(() -> before.afterRestart(now, policy, needs));
        return switch (confirming.next()) {
            case Settling _ -> new Settling(schedule, IdleEvidence.NONE);
            case Stopping stopping -> new Stopping(schedule, stopping.outcome(), schedule.killAt(), false, false);
        };
    }

    private DrainState reopened(DrainState state, List<DrainAction> actions) {
        return switch (state) {
            case Open _,Stopping _ -> state;
            case Draining draining when needs.first() -> draining;
            case Announcing _,Draining _,Confirming _,Stopped _,WithdrawnAfterStop _ -> {
                actions.add(new DrainAction.OpenDoor());
                yield new DrainState.Open();
            }
        };
    }

    private DrainState noticed(DrainState state, Noticed noticed, long now, List<DrainAction> actions) {
        return switch (state) {
            case Open _ -> opened(noticed, now, actions);
            case WithdrawnAfterStop _ -> closed(
                    DrainSchedule.of(noticed.start(), noticed.deadline(), now, policy, needs), actions);
            case Stopping stopping when stopping.withdrawn() -> compressed(
                    new Stopping(stopping.schedule(), stopping.outcome(), stopping.nextKill(), stopping.killed(),
                            false),
                    noticed.deadline(), now);
            case Scheduled scheduled -> compressed(scheduled, noticed.deadline(), now);
        };
    }

    /** Of an open server. One that is asked to stop at the notice closes its own door. */
    private DrainState opened(Noticed noticed, long now, List<DrainAction> actions) {
        DrainSchedule schedule = DrainSchedule.of(noticed.start(), noticed.deadline(), now, policy, needs);
        if (noticed.lettingIn().isPresent() && !needs.first()) {
            Announcing announcing = new Announcing(schedule, noticed.lettingIn().get().toNanos(), false);
            if (announcing.closeAt() - now >= DrainPolicy.LEAST_ANNOUNCEMENT.toNanos()) {
                actions.add(new DrainAction.AnnounceClosing(schedule.cutAt()));
                return announcing;
            }
        }
        return closed(schedule, actions);
    }

    private DrainState closed(DrainSchedule schedule, List<DrainAction> actions) {
        actions.add(new DrainAction.CloseDoor());
        if (needs.first()) {
            actions.add(new DrainAction.Terminate(schedule.killAt()));
        }
        return new Settling(schedule, IdleEvidence.NONE);
    }

    private DrainState compressed(Scheduled state, Deadline deadline, long now) {
        DrainSchedule schedule = state.schedule().compressed(deadline, now, policy, needs);
        return switch (state) {
            case Announcing announcing -> new Announcing(schedule, announcing.quickest(),
                    announcing.refusing());
            case Settling settling -> new Settling(schedule, settling.idleEvidence());
            case Waiting waiting -> new Waiting(schedule, waiting.idleEvidence());
            case Cutting cutting -> new Cutting(schedule, cutting.idleEvidence());
            case Stopping stopping -> new Stopping(schedule, stopping.outcome(),
                    stopping.killed() ? stopping.nextKill() : schedule.killAt(), stopping.killed(),
                    stopping.withdrawn());
            case Confirming confirming -> new Confirming(schedule, confirming.next(), confirming.until());
            case Stopped stopped -> new Stopped(schedule, stopped.outcome(), stopped.stopSent());
            case WithdrawnAfterStop withdrawn -> withdrawn;
        };
    }

    private DrainState withdrawn(DrainState state, List<DrainAction> actions) {
        return switch (state) {
            case Open open -> open;
            case Draining draining when needs.first() -> {
                actions.add(new DrainAction.Restart());
                yield new WithdrawnAfterStop(draining.schedule());
            }
            case Announcing _,Draining _ -> {
                actions.add(new DrainAction.OpenDoor());
                yield new DrainState.Open();
            }
            case Stopping stopping -> new Stopping(stopping.schedule(), stopping.outcome(), stopping.nextKill(),
                    stopping.killed(), true);
            case Confirming confirming when confirming.next() instanceof Stopping || needs.first() -> {
                actions.add(new DrainAction.Restart());
                yield new WithdrawnAfterStop(confirming.schedule());
            }
            case Confirming _ -> reopened(state, actions);
            case Stopped(DrainSchedule schedule, DrainOutcome _, boolean stopSent) -> {
                actions.add(stopSent ? new DrainAction.Restart() : new DrainAction.OpenDoor());
                yield stopSent ? new WithdrawnAfterStop(schedule) : new DrainState.Open();
            }
            case WithdrawnAfterStop withdrawn -> withdrawn;
        };
    }

    private DrainState read(DrainState state, Reading reading, long now, List<DrainAction> actions) {
        if (!(state instanceof Draining draining) || reading.begun() - draining.schedule().startAt() < 0) {
            return state;
        }
        IdleEvidence idleEvidence = draining.idleEvidence().after(reading.inFlight(), reading.begun());
        return switch (draining) {
            case Settling(DrainSchedule schedule, IdleEvidence _) -> new Settling(schedule, idleEvidence);
            case Waiting(DrainSchedule schedule, IdleEvidence _) -> {
                boolean settled = reading.begun() - schedule.settledAt() >= 0;
                yield idleEvidence.idle() && settled
                        ? stop(schedule, DrainOutcome.DRAINED, now, actions)
                        : new Waiting(schedule, idleEvidence);
            }
            case Cutting(DrainSchedule schedule, IdleEvidence _) -> idleEvidence.idle()
                    ? stop(schedule, DrainOutcome.CUT, now, actions)
                    : new Cutting(schedule, idleEvidence);
        };
    }

    private DrainState gone(DrainState state, InFlight inFlight, List<DrainAction> actions) {
        return switch (state) {
            case Announcing _ when inFlight instanceof InFlight.Exact(int count) && count > 0 -> state;
            case Announcing(DrainSchedule schedule, long _, boolean _) -> {
                actions.add(new DrainAction.CloseDoor());
                yield new Stopped(schedule, DrainOutcome.GONE, false);
            }
            case Draining draining when inFlight instanceof InFlight.Exact(int count) && count > 0 -> draining;
            case Draining draining -> new Stopped(draining.schedule(),
                    draining instanceof Cutting
                            ? DrainOutcome.CUT
                            : needs.first() ? DrainOutcome.DRAINED : DrainOutcome.GONE,
                    needs.first());
            case Confirming confirming when confirming.next() instanceof Stopping stopping -> new Stopped(
                    confirming.schedule(), stopping.outcome(), true);
            case Stopping(DrainSchedule schedule, DrainOutcome outcome, long _, boolean _, boolean withdrawn) -> {
                if (withdrawn) {
                    actions.add(new DrainAction.Restart());
                    yield new WithdrawnAfterStop(schedule);
                }
                yield new Stopped(schedule, outcome, true);
            }
            case Open _,Confirming _,Stopped _,WithdrawnAfterStop _ -> state;
        };
    }

    /** What time alone does. */
    private DrainState advance(DrainState state, long now, List<DrainAction> actions) {
        return switch (state) {
            case Announcing announcing when now - announcing.closeAt() >= 0 -> {
                actions.add(new DrainAction.CloseDoor());
                yield new Settling(announcing.schedule(), IdleEvidence.NONE);
            }
            case Announcing announcing when now - announcing.nextAt() >= 0 -> {
                actions.add(new DrainAction.RefuseConnections());
                yield new Announcing(announcing.schedule(), announcing.quickest(), true);
            }
            case Settling(DrainSchedule schedule, IdleEvidence idleEvidence) when now - schedule.settledAt() >= 0 ->
                new Waiting(
                        schedule, idleEvidence);
            case Waiting(DrainSchedule schedule, IdleEvidence idleEvidence) when now - schedule.cutAt() >= 0 -> {
                actions.add(new DrainAction.Cut(schedule.stopAt()));
                yield new Cutting(schedule, idleEvidence);
            }
            case Cutting(DrainSchedule schedule, IdleEvidence _) when now - schedule.stopAt() >= 0 -> stop(schedule,
                    DrainOutcome.CUT, now, actions);
            case Stopping stopping when now - stopping.nextKill() >= 0 -> kill(stopping, now, actions);
            case Confirming confirming when confirming.until().isPresent()
                    && now - confirming.until().getAsLong() >= 0 ->
                goOn(confirming, Optional.empty(), now);
            case Open _,Announcing _,Draining _,Confirming _,Stopping _,Stopped _,WithdrawnAfterStop _ -> state;
        };
    }

    private DrainState stop(DrainSchedule schedule, DrainOutcome outcome, long now, List<DrainAction> actions) {
        if (!needs.stops()) {
            return new Stopped(schedule, outcome, false);
        }
        if (!needs.first()) {
            actions.add(new DrainAction.Terminate(now - schedule.killAt() < 0
                    ? schedule.killAt()
                    : now + KILL_RETRY.toNanos()));
        }
        return new Stopping(schedule, outcome, schedule.killAt(), false, false);
    }

    /** One that was carried out is not repeated; the server then has until the deadline to vanish. */
    private static DrainState killed(DrainState state, Stopper.Outcome outcome, long now) {
        if (state instanceof Stopping stopping && stopping.killed() && outcome instanceof Stopper.Outcome.Done) {
            long soonest = now + KILL_RETRY.toNanos();
            long deadline = stopping.schedule().deadline().nanoTime();
            return new Stopping(stopping.schedule(), stopping.outcome(), deadline - soonest > 0 ? deadline : soonest,
                    stopping.killed(), stopping.withdrawn());
        }
        return state;
    }

    /** Tries again until the deadline, and then lets it be: a node that outlives its deadline is left alone. */
    private static DrainState kill(Stopping stopping, long now, List<DrainAction> actions) {
        DrainSchedule schedule = stopping.schedule();
        if (stopping.killed() && now - schedule.deadline().nanoTime() >= 0) {
            return stopping.withdrawn()
                    ? new WithdrawnAfterStop(schedule)
                    : new Stopped(schedule, DrainOutcome.NOT_STOPPED, true);
        }
        long next = now + KILL_RETRY.toNanos();
        actions.add(new DrainAction.Kill(next));
        return new Stopping(schedule, stopping.outcome(), next, true, stopping.withdrawn());
    }
}
