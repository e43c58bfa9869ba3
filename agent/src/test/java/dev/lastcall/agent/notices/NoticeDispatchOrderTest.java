// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.drain.DrainStore;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.Restarter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class NoticeDispatchOrderTest {

    private static final NodeClock CLOCK = NodeClock.system();
    private static final NoticeKey KEY = NoticeKey.of("operator", NoticeKind.OPERATOR);

    @TempDir
    Path directory;

    private final List<String> heard = new CopyOnWriteArrayList<>();

    private final Door door = new Door() {
        @Override
        public void closeDoor() {
            heard.add("door closed");
        }

        @Override
        public void openDoor() {
            heard.add("door opened");
        }
    };

    @Test
    void theMarkThenTheDoorThenTheClusterThenTheDrainAndTheOtherWayRoundAtAWithdrawal() {
        try (Drains drains = drains()) {
            NoticeEvent.Listener cluster = event -> heard
                    .add(event.getClass().getSimpleName() + " while " + drains.snapshots().getFirst().phase());
            NoticeEvent.Listener ahead = event -> heard.add("ahead of " + event.getClass().getSimpleName());
            NoticeBoard board = new NoticeBoard(CLOCK,
                    NoticeDispatchOrder.inOrder(new TerminationMarkerFile(Optional.empty(), true), drains,
                            List.of(ahead), List.of(ahead, cluster), new NoticeLog(new Metrics("test"), CLOCK)));

            board.offer(new Notice(KEY, Finality.FINAL, Deadline.in(Duration.ofMinutes(2), CLOCK), ""));
            board.withdraw(KEY);

            assertThat(heard).containsExactly("ahead of Noticed", "door closed", "Noticed while OPEN", "door opened",
                    "ahead of Withdrawn", "Withdrawn while OPEN");
        }
    }

    @Test
    void aRehearsalAsksNothingOfAnyListener() {
        try (Drains drains = drains()) {
            NoticeEvent.Listener other = event -> heard.add(event.getClass().getSimpleName());

            BoardPrewarm.run(CLOCK, List.of(drains, other));

            assertThat(heard).containsExactly("Advised", "AdviceCleared");
            assertThat(drains.standing()).isEmpty();
        }
    }

    private Drains drains() {
        var server = new InferenceServer("model", () -> ServerKind.GENERIC, door, bound -> new InFlight.Exact(1),
                Cutter.NONE, Stopper.NONE, StopNeeds.NOTHING_TO_STOP, RequestCounter.NONE, Restarter.NONE);
        return new Drains(List.of(server), DrainSettings.DEFAULT, CLOCK,
                DrainStore.open(directory, Path.of("/proc"), CLOCK));
    }
}
