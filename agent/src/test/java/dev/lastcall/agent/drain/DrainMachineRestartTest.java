// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.util.Optional;

import dev.lastcall.agent.drain.DrainAction.CloseDoor;
import dev.lastcall.agent.drain.DrainAction.Cut;
import dev.lastcall.agent.drain.DrainAction.Kill;
import dev.lastcall.agent.drain.DrainAction.OpenDoor;
import dev.lastcall.agent.drain.DrainAction.Terminate;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.metadata.Deadline;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the machine makes of a drain that an earlier process of the agent was in. */
final class DrainMachineRestartTest {

    /** The process is gone and nothing is in flight. */
    private static final DrainInput GONE = new DrainInput.Gone(new InFlight.Exact(0));

    private static final DrainInput CONFIRMED = new DrainInput.Confirmed(Optional.empty());

    private final MachineRun run = new MachineRun(DrainPolicy.DEFAULT, StopNeeds.PROMPT);

    @Test
    void afterARestartNothingThatCannotBeTakenBackIsDoneBeforeTheSourcesHadTheirTime() {
        run.notice(120).at(101);
        assertThat(run.phase()).isEqualTo(Phase.CUTTING);
        MachineRun again = restartedAt(103);

        again.at(103 + DrainMachine.CONFIRM_BOUND.toSeconds() - 0.1).reads(new InFlight.Exact(0));
        assertThat(again.done()).containsExactly(new CloseDoor());
        assertThat(again.phase()).isEqualTo(Phase.SETTLING);
        again.at(117.9);

        assertThat(again.doneOf(Cut.class)).hasSize(1);
        assertThat(again.doneOf(Terminate.class)).hasSize(1);
        assertThat(again.doneOf(Kill.class)).hasSize(1);
    }

    @Test
    void afterARestartAConfirmedNoticeIsActedOnAtOnceWithAtLeastAMinimalWindow() {
        run.notice(120).at(50);
        MachineRun again = restartedAt(118.5);

        again.takes(CONFIRMED).at(118.6);
        assertThat(again.doneOf(Cut.class)).as("no cut in the moment of the start").isEmpty();
        again.at(118.5 + DrainPolicy.MINIMAL_WINDOW.toSeconds());

        assertThat(again.doneOf(Cut.class)).hasSize(1);
        assertThat(again.doneOf(Terminate.class)).hasSize(1);
        assertThat(again.doneOf(Kill.class)).hasSize(1);
    }

    @Test
    void afterARestartTheDeadlineIsKeptThoughNoSourceConfirmsIt() {
        run.notice(30).at(5);
        MachineRun again = restartedAt(25);

        again.at(30);

        assertThat(again.doneOf(Terminate.class)).hasSize(1);
        assertThat(again.doneOf(Kill.class)).hasSize(1);
    }

    @Test
    void afterARestartPastTheDeadlineNothingIsStoppedUntilTheNoticeIsConfirmed() {
        run.notice(30).at(5);
        MachineRun again = restartedAt(31);

        again.at(3600).reads(new InFlight.Exact(0));
        assertThat(again.done()).containsExactly(new CloseDoor());
        again.takes(CONFIRMED).at(3600.0 + DrainPolicy.MINIMAL_WINDOW.toSeconds());

        assertThat(again.doneOf(Terminate.class)).hasSize(1);
    }

    @Test
    void afterARestartPastTheDeadlineTheDeadlineOfTheConfirmationCounts() {
        run.notice(30).at(5);
        MachineRun again = restartedAt(100);

        again.takes(new DrainInput.Confirmed(Optional.of(new Deadline(MachineRun.nanos(130)))));

        again.at(118).reads(new InFlight.Exact(1));
        assertThat(again.doneOf(Cut.class)).isEmpty();
        again.at(130);
        assertThat(again.doneOf(Cut.class)).hasSize(1);
        assertThat(again.doneOf(Kill.class)).isNotEmpty();
    }

    @Test
    void afterARestartAWithdrawnNoticeOpensTheDoorAndStopsNothing() {
        run.notice(30).at(5);
        MachineRun again = restartedAt(40);

        again.takes(new DrainInput.Withdrawn()).at(100);

        assertThat(again.phase()).isEqualTo(Phase.OPEN);
        assertThat(again.done()).containsExactly(new CloseDoor(), new OpenDoor());
    }

    @Test
    void afterARestartPastTheDeadlineAServerThatHadBeenAskedToStopIsNotKilledUnconfirmed() {
        run.notice(30).at(10).reads(new InFlight.Exact(0)).at(11);
        MachineRun again = restartedAt(60);

        again.at(3600);
        assertThat(again.doneOf(Kill.class)).isEmpty();
        again.takes(new DrainInput.Withdrawn());

        assertThat(again.phase()).isEqualTo(Phase.WITHDRAWN_AFTER_STOP);
        again.takes(new DrainInput.Answering());
        assertThat(again.phase()).isEqualTo(Phase.OPEN);
        assertThat(again.doneOf(Kill.class)).isEmpty();
    }

    @Test
    void afterARestartAServerThatHadBeenAskedToStopAndIsGoneIsDone() {
        run.notice(30).at(10).reads(new InFlight.Exact(0)).at(11);
        MachineRun again = restartedAt(60);

        again.takes(GONE);

        assertThat(again.state()).isInstanceOfSatisfying(DrainState.Stopped.class, stopped -> {
            assertThat(stopped.outcome()).isEqualTo(DrainOutcome.DRAINED);
            assertThat(stopped.stopSent()).isTrue();
        });
    }

    /** Another process, which takes up the state of {@link #run}. */
    private MachineRun restartedAt(double seconds) {
        var again = new MachineRun(DrainPolicy.DEFAULT, StopNeeds.PROMPT);
        return again.at(seconds).takes(new DrainInput.Resumed((DrainState.Scheduled) run.state()));
    }

    @Test
    void resumesWithoutTellingTheServerTwice() {
        run.notice(120).at(20).reads(new InFlight.Exact(0));
        var resumed = new MachineRun(DrainPolicy.DEFAULT, StopNeeds.PROMPT);

        resumed.at(21).takes(new DrainInput.Resumed((DrainState.Scheduled) run.state())).at(115);

        assertThat(resumed.doneOf(CloseDoor.class)).hasSize(1);
        assertThat(resumed.doneOf(Terminate.class)).isEmpty();
        assertThat(resumed.doneOf(Kill.class)).hasSize(1);
    }
}
