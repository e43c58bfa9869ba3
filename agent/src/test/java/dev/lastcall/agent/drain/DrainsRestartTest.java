// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.Optional;

import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A drain over a restart of the agent. */
final class DrainsRestartTest extends DrainsFixture {

    @Test
    void resumesAfterRestartWithSameDeadlineAndClosedDoor() throws Exception {
        var before = new FakeServer("llama", clock);
        before.inFlight.set(1);
        Drains first = drains(false, before.server());
        Reclamation reclamation = reclamation(Duration.ofMinutes(1));
        first.on(new NoticeEvent.Noticed(reclamation));
        await().atMost(PATIENCE).until(() -> phase(first, 0) == Phase.DRAINING);
        first.close();

        var after = new FakeServer("llama", clock);
        after.inFlight.set(1);
        var added = new FakeServer("added", clock);
        Drains second = drains(false, after.server(), added.server());
        var resumed = second.resume();

        assertThat(after.deeds).containsExactly("close");
        assertThat(added.deeds).containsExactly("close");
        assertThat(phase(second, 0)).isIn(Phase.SETTLING, Phase.DRAINING, Phase.CUTTING);
        assertThat(resumed).hasValueSatisfying(again -> {
            assertThat(again.notice().key()).isEqualTo(reclamation.notice().key());
            assertThat(again.detectedAt()).isEqualTo(reclamation.detectedAt());
            assertThat(Duration.ofNanos(reclamation.deadline().nanoTime() - again.deadline().nanoTime()).abs())
                    .isLessThan(Duration.ofSeconds(2));
        });
        assertThat(second.awaitDone(PATIENCE)).isTrue();
        assertThat(after.deeds).containsExactly("close", "cut", "terminate");
    }

    @Test
    void aRestartAfterTheDeadlineStopsNothingUntilTheNoticeIsConfirmed() throws Exception {
        var before = new FakeServer("llama", clock);
        before.inFlight.set(1);
        Drains first = drains(false, before.server());
        Reclamation reclamation = reclamation(Duration.ofSeconds(30));
        first.on(new NoticeEvent.Noticed(reclamation));
        first.close();
        clock.sleep(Duration.ofSeconds(31));

        var after = new FakeServer("llama", clock);
        var found = new FakeServer("found", clock);
        Drains second = drains(false, after.server());
        Reclamation again = second.resume().orElseThrow();
        second.on(new NoticeEvent.Noticed(again, true));
        second.add(found.server());
        assertThat(second.awaitDone(Duration.ofSeconds(1))).as("far beyond a minimal window of this clock").isFalse();
        assertThat(after.deeds).containsExactly("close");
        assertThat(found.deeds).containsExactly("close");

        second.confirm(Optional.empty());

        assertThat(second.awaitDone(PATIENCE)).isTrue();
        assertThat(after.deeds).containsExactly("close", "terminate");
        assertThat(found.deeds).containsExactly("close", "terminate");
    }

    @Test
    void aRestartAfterTheDeadlineOpensTheDoorOnceTheNoticeIsWithdrawn() throws Exception {
        var before = new FakeServer("llama", clock);
        before.inFlight.set(1);
        Drains first = drains(false, before.server());
        first.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(30))));
        first.close();
        clock.sleep(Duration.ofSeconds(31));

        var after = new FakeServer("llama", clock);
        Drains second = drains(false, after.server());
        Reclamation again = second.resume().orElseThrow();
        second.on(new NoticeEvent.Noticed(again, true));
        second.on(new NoticeEvent.Withdrawn(again));

        assertThat(phase(second, 0)).isEqualTo(Phase.OPEN);
        assertThat(after.deeds).containsExactly("close", "open");
    }

    @Test
    void doesNotStopTwiceAfterRestart() throws Exception {
        var before = new FakeServer("llama", clock);
        before.obeysTerm.set(false);
        Drains first = drains(false, before.server());
        first.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(2))));
        await().atMost(PATIENCE).until(() -> phase(first, 0) == Phase.STOPPING);
        first.close();

        var after = new FakeServer("llama", clock);
        Drains second = drains(false, after.server());
        assertThat(second.resume()).isPresent();

        assertThat(second.awaitDone(PATIENCE)).isTrue();
        assertThat(after.deeds).containsExactly("close", "kill");
    }
}
