// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.metadata.NoticeEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How long a notice took to reach the door is reported by who turned the door, and only once it has moved. */
final class DoorDelayTest extends DrainsFixture {

    @Test
    void theDelayOfADoorThatDoesNotMoveIsNotReported() {
        var jammed = new FakeServer("jammed", clock);
        jammed.doorFailures.set(50);
        jammed.inFlight.set(1);
        Drains drains = drains(false, jammed.server());
        var heard = new CopyOnWriteArrayList<DrainTransition>();
        drains.addListener(heard::add);

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(2))));

        await().atMost(PATIENCE).until(() -> !heard.isEmpty());
        assertThat(heard.getFirst().to()).isEqualTo(Phase.SETTLING);
        assertThat(heard.getFirst().doorDelay()).isNull();
    }

    /** The earlier process closed the door; how long that took is not what the restart took. */
    @Test
    void theDelayOfTheDoorIsReportedOnceAndNotAgainAfterARestart() {
        var before = new FakeServer("llama", clock);
        before.inFlight.set(1);
        Drains first = drains(false, before.server());
        List<DrainTransition> seen = new CopyOnWriteArrayList<>();
        first.addListener(seen::add);
        first.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(1))));
        await().atMost(PATIENCE).until(() -> phase(first, 0) == Phase.DRAINING && seen.size() >= 2);
        first.close();
        assertThat(seen.getFirst().doorDelay()).isNotNull().isPositive();
        seen.clear();

        Drains second = drains(false, new FakeServer("llama", clock).server());
        second.addListener(seen::add);
        second.resume();

        await().atMost(PATIENCE).until(() -> !seen.isEmpty());
        assertThat(seen.getFirst().from()).isEqualTo(Phase.OPEN);
        assertThat(seen.getFirst().doorDelay()).isNull();
    }
}
