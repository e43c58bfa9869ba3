// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.Deadline;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for a drain whatever happens to it and in whatever order. */
final class DrainMachinePropertyTest {

    /** Something that happens some time after the last thing. */
    record Happening(double after, What what, int number) {}

    enum What {
        NOTICED, NOTICED_LETTING_IN, DEADLINE, WITHDRAWN, EXACT, GAUGED, UNCLEAR, UNOBSERVABLE, GONE, GONE_COUNTED, KILL_FAILED, KILL_DONE,
        // and what no source and no server brings
        ANSWERING, REOPENED, RESTARTED, CONFIRMED, NOTHING
    }

    @Property(tries = 1500)
    void keepsItsPromisesWhateverHappens(@ForAll("stories") List<Happening> story, @ForAll("needs") StopNeeds needs) {
        var watch = new Watch(needs);
        watch.run(story);
    }

    /** Plays a story and looks at every step. */
    private static final class Watch {
        private final MachineRun run;
        private final StopNeeds needs;
        private boolean idleProven;
        private int zeros;
        private boolean restarted;
        private boolean confirmed;

        Watch(StopNeeds needs) {
            this.needs = needs;
            this.run = new MachineRun(DrainPolicy.DEFAULT, needs);
        }

        void run(List<Happening> story) {
            for (Happening happening : story) {
                long wanted = MachineRun.nanos(run.seconds() + happening.after());
                DrainState before = run.state();
                run.at((wanted - MachineRun.ORIGIN) / 1e9);
                check(before);
                before = run.state();
                happen(happening);
                check(before);
                restarted = false;
                confirmed = false;
                idleProven = false;
            }
            if (run.state() instanceof DrainState.Confirming) {
                run.takes(new DrainInput.Confirmed(Optional.empty()));
            }
            if (run.state() instanceof DrainState.Scheduled scheduled) {
                endsByTheKill(scheduled);
            }
        }

        private void happen(Happening happening) {
            int number = happening.number();
            switch (happening.what()) {
                case NOTICED -> run.notice(number - 10);
                case NOTICED_LETTING_IN -> run.noticeLettingIn(number - 10, number / 4.0);
                case DEADLINE -> run.deadline(run.seconds() + number);
                case WITHDRAWN -> run.takes(new DrainInput.Withdrawn());
                case EXACT -> read(new InFlight.Exact(number % 3), number % 3 == 0, true);
                case GAUGED -> read(new InFlight.Gauged(number % 2), number % 2 == 0, false);
                case UNCLEAR -> read(new InFlight.Unclear("test"), false, false);
                case UNOBSERVABLE -> read(new InFlight.Unobservable("test"), false, false);
                case GONE -> run.takes(new DrainInput.Gone(new InFlight.Exact(0)));
                case GONE_COUNTED -> run.takes(new DrainInput.Gone(new InFlight.Exact(1)));
                case ANSWERING -> run.takes(new DrainInput.Answering());
                case REOPENED -> run.takes(new DrainInput.Reopened());
                case RESTARTED -> restart();
                case CONFIRMED -> confirm(new DrainInput.Confirmed(number % 2 == 0
                        ? Optional.empty()
                        : Optional.of(new Deadline(MachineRun.nanos(run.seconds() + number)))));
                case KILL_FAILED -> run.takes(new DrainInput.Killed(new Stopper.Outcome.Failed("test")));
                case KILL_DONE -> run.takes(new DrainInput.Killed(Stopper.Outcome.DONE));
                case NOTHING -> run.takes(DrainInput.TICK);
            }
        }

        private void confirm(DrainInput confirming) {
            confirmed = true;
            run.takes(confirming);
        }

        /** The agent dies, and the next one takes up what was saved. */
        private void restart() {
            if (run.state() instanceof DrainState.Scheduled saved) {
                restarted = true;
                int before = run.done().size();
                run.takes(new DrainInput.Resumed(saved));
                assertThat(run.done().subList(before, run.done().size()).stream().filter(Watch::cannotBeTakenBack))
                        .as("nothing that cannot be taken back in the moment of a restart")
                        .isEmpty();
            }
        }

        private static boolean cannotBeTakenBack(DrainAction action) {
            return action instanceof DrainAction.Cut || action instanceof DrainAction.Terminate
                    || action instanceof DrainAction.Kill;
        }

        private void read(InFlight reading, boolean zero, boolean exact) {
            zeros = zero ? zeros + 1 : 0;
            idleProven = zero && (exact || zeros >= 2);
            run.reads(reading);
        }

        private void check(DrainState before) {
            DrainState after = run.state();
            if (before instanceof DrainState.Draining draining && after instanceof DrainState.Stopping) {
                assertThat(idleProven || now() - draining.schedule().stopAt() >= 0)
                        .as("asked to stop while in flight and in budget: %s", before)
                        .isTrue();
            }
            if (before instanceof DrainState.Confirming overdue && overdue.until().isEmpty() && !confirmed
                    && after instanceof DrainState.Stopping) {
                throw new AssertionError("stopped or killed past the deadline, unconfirmed: " + before);
            }
            if (before instanceof DrainState.Scheduled was && !(before instanceof DrainState.Confirming) && !restarted
                    && after instanceof DrainState.Scheduled is
                    && was.schedule().startAt() == is.schedule().startAt()) {
                assertThat(is.schedule().deadline().nanoTime() - was.schedule().deadline().nanoTime())
                        .as("deadline moved later")
                        .isLessThanOrEqualTo(0);
                assertThat(is.schedule().killAt() - was.schedule().killAt()).isLessThanOrEqualTo(0);
            }
            long opens = run.doneOf(DrainAction.OpenDoor.class).size();
            long closes = run.doneOf(DrainAction.CloseDoor.class).size();
            long announced = run.doneOf(DrainAction.AnnounceClosing.class).size();
            assertThat(lastTurn()).as("door is as the phase says: %s", run.done()).isInstanceOf(switch (run.phase()) {
                case OPEN -> DrainAction.OpenDoor.class;
                case ANNOUNCING -> DrainAction.AnnounceClosing.class;
                case SETTLING, DRAINING, CUTTING, STOPPING, STOPPED, WITHDRAWN_AFTER_STOP ->
                    DrainAction.CloseDoor.class;
            });
            if (run.state() instanceof DrainState.Announcing announcing) {
                DrainSchedule schedule = announcing.schedule();
                assertThat(announcing.closeAt() - schedule.settledAt()).as("the door is open too long")
                        .isLessThanOrEqualTo(0);
                assertThat(announcing.closeAt() + announcing.quickest() - schedule.cutAt())
                        .as("a request is let in that will not be over before the cut")
                        .isLessThanOrEqualTo(0);
            }
            assertThat(opens).isLessThanOrEqualTo(closes + announced);
            assertThat(run.doneOf(DrainAction.Terminate.class).size()).as("a stop for each notice at most")
                    .isLessThanOrEqualTo((int) closes);
            assertThat(run.doneOf(DrainAction.Cut.class).size()).as("a cut for each notice at most")
                    .isLessThanOrEqualTo((int) closes);
            if (!needs.stops()) {
                assertThat(run.doneOf(DrainAction.Terminate.class)).isEmpty();
                assertThat(run.doneOf(DrainAction.Kill.class)).isEmpty();
            }
        }

        private DrainAction lastTurn() {
            return run.done()
                    .stream()
                    .filter(action -> action instanceof DrainAction.OpenDoor
                            || action instanceof DrainAction.CloseDoor || action instanceof DrainAction.AnnounceClosing)
                    .reduce((first, second) -> second)
                    .orElse(new DrainAction.OpenDoor());
        }

        private void endsByTheKill(DrainState.Scheduled scheduled) {
            double kill = (scheduled.schedule().killAt() - MachineRun.ORIGIN) / 1e9;
            run.at(Math.max(run.seconds(), kill));
            if (run.state() instanceof DrainState.Stopping stopping) {
                assertThat(stopping.killed()).isTrue();
                run.takes(new DrainInput.Gone(new InFlight.Exact(0)));
            }
            assertThat(run.phase()).isIn(Phase.STOPPED, Phase.WITHDRAWN_AFTER_STOP);
            double deadline = (scheduled.schedule().deadline().nanoTime() - MachineRun.ORIGIN) / 1e9;
            assertThat(kill).isLessThanOrEqualTo(
                    Math.max(deadline, run.seconds()) + DrainPolicy.MINIMAL_WINDOW.toMillis() / 1000.0);
        }

        private long now() {
            return MachineRun.nanos(run.seconds());
        }
    }

    @Provide
    static Arbitrary<List<Happening>> stories() {
        Arbitrary<Happening> happening = Combinators.combine(
                Arbitraries.oneOf(Arbitraries.doubles().between(0, 1), Arbitraries.doubles().between(0, 40)),
                Arbitraries.of(What.class), Arbitraries.integers().between(0, 140)).as(Happening::new);
        Arbitrary<Happening> notice = Combinators.combine(Arbitraries.of(What.NOTICED, What.NOTICED_LETTING_IN),
                Arbitraries.integers().between(0, 140)).as((what, number) -> new Happening(0, what, number));
        return Combinators.combine(notice, happening.list().ofMaxSize(25)).as((first, rest) -> {
            var story = new ArrayList<Happening>();
            story.add(first);
            story.addAll(rest);
            return List.copyOf(story);
        });
    }

    @Provide
    static Arbitrary<StopNeeds> needs() {
        return Arbitraries.of(StopNeeds.PROMPT, StopNeeds.NOTHING_TO_STOP, new StopNeeds(true, Duration.ofSeconds(12)),
                StopNeeds.PROMPT.asked(true));
    }
}
