// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

import dev.lastcall.agent.drain.DrainAction.CloseDoor;
import dev.lastcall.agent.drain.DrainAction.Cut;
import dev.lastcall.agent.drain.DrainAction.Kill;
import dev.lastcall.agent.drain.DrainAction.OpenDoor;
import dev.lastcall.agent.drain.DrainAction.Restart;
import dev.lastcall.agent.drain.DrainAction.Terminate;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class DrainMachineTest {

    /** The process is gone and nothing is in flight. */
    private static final DrainInput GONE = new DrainInput.Gone(new InFlight.Exact(0));

    private final MachineRun run = new MachineRun(DrainPolicy.DEFAULT, StopNeeds.PROMPT);

    @Test
    void closesTheDoorInTheStepOfTheNotice() {
        run.notice(120);

        assertThat(run.done()).containsExactly(new CloseDoor());
        assertThat(run.phase()).isEqualTo(Phase.SETTLING);
    }

    @Test
    void letsRequestsInUntilRoutersHaveHadTheirTime() {
        run.noticeLettingIn(120, 2);
        assertThat(run.done()).containsExactly(new DrainAction.AnnounceClosing(MachineRun.nanos(100)));
        assertThat(run.phase()).isEqualTo(Phase.ANNOUNCING);

        run.at(11.9).reads(new InFlight.Exact(0));
        assertThat(run.phase()).isEqualTo(Phase.ANNOUNCING);
        run.at(12);

        assertThat(run.doneOf(CloseDoor.class)).hasSize(1);
        assertThat(run.phase()).isEqualTo(Phase.SETTLING);
        run.at(15).reads(new InFlight.Exact(0));
        assertThat(run.phase()).isEqualTo(Phase.STOPPING);
    }

    @Test
    void refusesConnectionsBeforeItClosesTheDoorOnThoseThatAreThere() {
        assertThat(run.noticeLettingIn(120, 2).at(11.69).done()).doesNotContain(new DrainAction.RefuseConnections());
        assertThat(run.at(11.7).at(11.99).doneOf(DrainAction.RefuseConnections.class)).hasSize(1);
        assertThat(run.phase()).isEqualTo(Phase.ANNOUNCING);
        assertThat(run.at(12).done()).endsWith(new DrainAction.RefuseConnections(), new CloseDoor());
    }

    @Test
    void closesTheDoorSoonerWhereNoRequestWouldBeOverBeforeTheCut() {
        run.noticeLettingIn(120, 95);
        assertThat(run.at(4.9).phase()).isEqualTo(Phase.ANNOUNCING);
        assertThat(run.at(5).phase()).isEqualTo(Phase.SETTLING);
    }

    @Test
    void closesTheDoorAtOnceInAShortWindow() {
        assertThat(run.noticeLettingIn(3, 0.1).phase()).isEqualTo(Phase.SETTLING);
        assertThat(run.done()).containsExactly(new CloseDoor());
    }

    @Test
    void closesTheDoorAtOnceWhereRequestsTakeLongerThanTheWindow() {
        assertThat(run.noticeLettingIn(30, 60).done()).containsExactly(new CloseDoor());
    }

    @Test
    void anEarlierDeadlineClosesAnAnnouncedDoorSooner() {
        run.noticeLettingIn(120, 2).at(1).deadline(6);
        run.at(2.5);

        assertThat(run.phase()).isIn(Phase.SETTLING, Phase.DRAINING, Phase.CUTTING);
        assertThat(run.doneOf(CloseDoor.class)).hasSize(1);
    }

    @Test
    void opensAnAnnouncedDoorWhenTheNoticeIsWithdrawn() {
        run.noticeLettingIn(120, 2).at(1).takes(new DrainInput.Withdrawn());

        assertThat(run.phase()).isEqualTo(Phase.OPEN);
        assertThat(run.doneOf(OpenDoor.class)).hasSize(1);
        assertThat(run.doneOf(CloseDoor.class)).isEmpty();
    }

    @Test
    void closesTheDoorOfAServerThatIsGoneWhileItIsAnnounced() {
        run.noticeLettingIn(120, 2).at(1).takes(GONE);

        assertThat(run.phase()).isEqualTo(Phase.STOPPED);
        assertThat(run.doneOf(CloseDoor.class)).hasSize(1);
    }

    @Test
    void stopsAnIdleServerOnceItHasSettled() {
        run.notice(120).reads(new InFlight.Exact(0)).at(14.9).reads(new InFlight.Exact(0));
        assertThat(run.phase()).isEqualTo(Phase.SETTLING);

        run.at(15).reads(new InFlight.Exact(0));

        assertThat(run.phase()).isEqualTo(Phase.STOPPING);
        assertThat(run.doneOf(Terminate.class)).hasSize(1);
        assertThat(run.doneOf(Cut.class)).isEmpty();
    }

    @Test
    void doesNotTrustReadingThatWasBegunBeforeItHadSettled() {
        run.notice(120).at(16).readsBegunAt(14.9, new InFlight.Exact(0));

        assertThat(run.phase()).isEqualTo(Phase.DRAINING);
    }

    @Test
    void needsTwoZerosOfGaugesInARow() {
        run.notice(120).at(20);
        for (int count : new int[]{3, 1, 0, 2, 0}) {
            run.reads(new InFlight.Gauged(count));
            assertThat(run.phase()).isEqualTo(Phase.DRAINING);
        }

        run.reads(new InFlight.Gauged(0));

        assertThat(run.phase()).isEqualTo(Phase.STOPPING);
    }

    @Test
    void believesZerosOfAGaugeThatLagsOnlyOverItsLag() {
        var lagging = new InFlight.Gauged(0, Duration.ofSeconds(10));
        run.notice(120);
        for (double at : new double[]{20, 21, 25, 29.9}) {
            run.at(at).reads(lagging);
            assertThat(run.phase()).isEqualTo(Phase.DRAINING);
        }

        run.at(30).reads(lagging);

        assertThat(run.phase()).isEqualTo(Phase.STOPPING);
    }

    @Test
    void takesUnclearAndUnobservableReadingsForBusy() {
        run.notice(120)
                .at(20)
                .reads(new InFlight.Gauged(0))
                .reads(new InFlight.Unclear("timeout"))
                .reads(new InFlight.Gauged(0))
                .reads(new InFlight.Unobservable("refused"))
                .reads(new InFlight.Gauged(0));
        assertThat(run.phase()).isEqualTo(Phase.DRAINING);

        run.at(99.9);
        assertThat(run.phase()).isEqualTo(Phase.DRAINING);
    }

    @Test
    void cutsStopsAndKillsByTheBudget() {
        run.notice(120).at(99.99).reads(new InFlight.Exact(1));
        assertThat(run.doneOf(Cut.class)).isEmpty();

        run.at(100);
        assertThat(run.phase()).isEqualTo(Phase.CUTTING);
        assertThat(run.doneOf(Cut.class)).hasSize(1);
        run.at(107.99).reads(new InFlight.Exact(1));
        assertThat(run.doneOf(Terminate.class)).isEmpty();
        run.at(108);
        assertThat(run.doneOf(Terminate.class)).hasSize(1);
        run.at(114.99);
        assertThat(run.doneOf(Kill.class)).isEmpty();
        run.at(115).takes(new DrainInput.Killed(Stopper.Outcome.DONE)).takes(GONE);

        assertThat(run.doneOf(Kill.class)).hasSize(1);
        assertThat(run.state()).isInstanceOfSatisfying(DrainState.Stopped.class,
                stopped -> assertThat(stopped.outcome()).isEqualTo(DrainOutcome.CUT));
        assertThat(run.doneOf(Cut.class)).hasSize(1);
    }

    @Test
    void stopsBeforeItsTimeWhenTheCutHasLeftNothing() {
        run.notice(120).at(101).reads(new InFlight.Exact(0));

        assertThat(run.phase()).isEqualTo(Phase.STOPPING);
    }

    @Test
    void isDoneAtOnceWhenTheServerIsGoneAlready() {
        run.notice(120).takes(GONE);

        assertThat(run.state()).isInstanceOfSatisfying(DrainState.Stopped.class,
                stopped -> assertThat(stopped.outcome()).isEqualTo(DrainOutcome.GONE));
        assertThat(run.done()).containsExactly(new CloseDoor());
    }

    @Test
    void whatTheGateStillCountsOfAServerThatIsGoneIsCutAndNotTakenForDrained() {
        run.notice(120).takes(new DrainInput.Gone(new InFlight.Exact(2))).at(99);
        assertThat(run.phase()).isEqualTo(Phase.DRAINING);

        run.at(101).takes(new DrainInput.Gone(new InFlight.Exact(1)));
        assertThat(run.doneOf(Cut.class)).hasSize(1);
        assertThat(run.phase()).isEqualTo(Phase.CUTTING);
        run.takes(GONE);

        assertThat(run.state()).isInstanceOfSatisfying(DrainState.Stopped.class,
                stopped -> assertThat(stopped.outcome()).isEqualTo(DrainOutcome.CUT));
        assertThat(run.doneOf(Terminate.class)).isEmpty();
    }

    @Test
    void theGaugesOfAServerThatIsGoneAreNotWaitedFor() {
        run.notice(120).takes(new DrainInput.Gone(new InFlight.Unobservable("refused")));

        assertThat(run.phase()).isEqualTo(Phase.STOPPED);
    }

    @Test
    void takesRepeatedNoticeForTheSame() {
        run.notice(120).at(50);
        DrainState before = run.state();

        run.noticeAgain(120).noticeAgain(200);

        assertThat(run.state()).isEqualTo(before);
        assertThat(run.done()).containsExactly(new CloseDoor());
    }

    @Test
    void compressesTheBudgetWhenTheDeadlineMovesEarlier() {
        run.notice(120).at(50).deadline(80);

        run.at(69.9).reads(new InFlight.Exact(1));
        assertThat(run.phase()).isEqualTo(Phase.DRAINING);
        run.at(70);
        assertThat(run.phase()).isEqualTo(Phase.CUTTING);
        run.at(73);
        assertThat(run.phase()).isEqualTo(Phase.STOPPING);
        run.at(77);
        assertThat(run.doneOf(Kill.class)).hasSize(1);
    }

    @Test
    void neverLengthensTheDeadline() {
        run.notice(120).at(50).deadline(500).at(100);

        assertThat(run.phase()).isEqualTo(Phase.CUTTING);
    }

    @Test
    void opensTheDoorWhenWithdrawnBeforeTheStop() {
        run.notice(120).at(20).takes(new DrainInput.Withdrawn());
        assertThat(run.done()).containsExactly(new CloseDoor(), new OpenDoor());

        run.notice(120).at(run.seconds() + 100);
        assertThat(run.phase()).isEqualTo(Phase.CUTTING);
        run.takes(new DrainInput.Withdrawn());

        assertThat(run.phase()).isEqualTo(Phase.OPEN);
        assertThat(run.doneOf(OpenDoor.class)).hasSize(2);
    }

    @Test
    void staysClosedWhenWithdrawnAfterTheStop() {
        run.notice(120).at(20).reads(new InFlight.Exact(0)).takes(new DrainInput.Withdrawn());
        assertThat(run.phase()).isEqualTo(Phase.STOPPING);

        run.takes(GONE);

        assertThat(run.phase()).isEqualTo(Phase.WITHDRAWN_AFTER_STOP);
        assertThat(run.doneOf(OpenDoor.class)).isEmpty();
        assertThat(run.doneOf(Restart.class)).hasSize(1);
        run.takes(new DrainInput.Answering());
        assertThat(run.phase()).isEqualTo(Phase.OPEN);
        assertThat(run.doneOf(OpenDoor.class)).hasSize(1);
    }

    @Test
    void aServerThatAnswersWhileItsNoticeIsActiveStaysClosed() {
        run.notice(120).takes(new DrainInput.Answering());
        assertThat(run.phase()).isEqualTo(Phase.SETTLING);

        run.at(20).reads(new InFlight.Exact(0)).takes(new DrainInput.Answering());
        assertThat(run.phase()).isEqualTo(Phase.STOPPING);
        run.takes(GONE).takes(new DrainInput.Answering());

        assertThat(run.phase()).isEqualTo(Phase.STOPPED);
        assertThat(run.doneOf(OpenDoor.class)).isEmpty();
    }

    @Test
    void anOperatorReopensAnyDoorButOfAServerThatIsBeingStopped() {
        run.notice(120).at(20).reads(new InFlight.Exact(0)).takes(new DrainInput.Reopened());
        assertThat(run.phase()).isEqualTo(Phase.STOPPING);

        run.takes(GONE).takes(new DrainInput.Reopened());

        assertThat(run.phase()).isEqualTo(Phase.OPEN);
        run.notice(120).at(run.seconds() + 104).takes(new DrainInput.Reopened());
        assertThat(run.phase()).as("in mid-cut").isEqualTo(Phase.OPEN);
        assertThat(run.doneOf(OpenDoor.class)).hasSize(2);
    }

    @Test
    void drainsAgainWhenNoticedAfterAWithdrawal() {
        run.notice(120)
                .at(20)
                .reads(new InFlight.Exact(0))
                .takes(GONE)
                .takes(new DrainInput.Withdrawn());
        assertThat(run.phase()).isEqualTo(Phase.WITHDRAWN_AFTER_STOP);

        run.notice(120);

        assertThat(run.phase()).isEqualTo(Phase.SETTLING);
        assertThat(run.doneOf(CloseDoor.class)).hasSize(2);
    }

    @Test
    void givesUpOnServerThatCannotBeKilledAndRepeatsNothing() {
        run.notice(30).at(23).at(27).takes(new DrainInput.Killed(new Stopper.Outcome.Failed("no right")));
        run.at(28).at(29).at(30).at(31).at(32);
        int kills = run.doneOf(Kill.class).size();

        run.at(600);

        assertThat(run.state()).isInstanceOfSatisfying(DrainState.Stopped.class,
                stopped -> assertThat(stopped.outcome()).isEqualTo(DrainOutcome.NOT_STOPPED));
        assertThat(run.doneOf(Kill.class)).hasSize(kills).hasSizeLessThanOrEqualTo(4);
        assertThat(run.doneOf(Terminate.class)).hasSize(1);
    }

    @Test
    void leavesServerRunningThatItDoesNotStop() {
        var alone = new MachineRun(DrainPolicy.DEFAULT, StopNeeds.NOTHING_TO_STOP);
        alone.notice(30).at(10).reads(new InFlight.Exact(0));

        assertThat(alone.phase()).isEqualTo(Phase.STOPPED);
        assertThat(alone.done()).containsExactly(new CloseDoor());
        alone.takes(new DrainInput.Withdrawn());
        assertThat(alone.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void asksServerThatIsItsOwnDoorAtTheNoticeAndOnlyThen() {
        var first = new MachineRun(DrainPolicy.DEFAULT, StopNeeds.PROMPT.asked(true));

        first.notice(30);
        assertThat(first.done()).containsExactly(new CloseDoor(), new Terminate(MachineRun.nanos(27)));
        first.at(23.9).reads(new InFlight.Exact(1));
        assertThat(first.phase()).isEqualTo(Phase.DRAINING);
        first.at(27);

        assertThat(first.doneOf(Terminate.class)).hasSize(1);
        assertThat(first.doneOf(Cut.class)).hasSize(1);
        assertThat(first.doneOf(Kill.class)).hasSize(1);
    }

    @Test
    void isOverWhenServerThatWasAskedFirstIsGone() {
        var first = new MachineRun(DrainPolicy.DEFAULT, StopNeeds.PROMPT.asked(true));

        first.notice(30).at(4).takes(new DrainInput.Gone(new InFlight.Unobservable("gone")));

        assertThat(first.state()).isInstanceOfSatisfying(DrainState.Stopped.class, stopped -> {
            assertThat(stopped.outcome()).isEqualTo(DrainOutcome.DRAINED);
            assertThat(stopped.stopSent()).isTrue();
        });
    }

    @Test
    void takesAWithdrawalForOneAfterTheStopWhereServerWasAskedFirst() {
        var first = new MachineRun(DrainPolicy.DEFAULT, StopNeeds.PROMPT.asked(true));

        first.notice(30).at(2).takes(new DrainInput.Reopened());
        assertThat(first.phase()).isEqualTo(Phase.SETTLING);
        first.takes(new DrainInput.Withdrawn());

        assertThat(first.phase()).isEqualTo(Phase.WITHDRAWN_AFTER_STOP);
        assertThat(first.doneOf(Restart.class)).hasSize(1);
        assertThat(first.doneOf(OpenDoor.class)).isEmpty();
    }

    @Test
    void takesTheFastPathWhenTheDeadlineHasPassed() {
        run.notice(-5).at(DrainPolicy.MINIMAL_WINDOW.toMillis() / 1000.0);

        assertThat(run.doneOf(Cut.class)).hasSize(1);
        assertThat(run.doneOf(Terminate.class)).hasSize(1);
        assertThat(run.doneOf(Kill.class)).hasSize(1);
    }
}
