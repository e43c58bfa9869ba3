// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.Optional;

import dev.lastcall.metadata.NoticeEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

final class DrainRecordTest extends DrainsFixture {

    @Test
    void theRecordHasWhenTheDoorWasAnnouncedAndClosedAndWhenTheCutBegan() throws Exception {
        var server = new FakeServer("llama", clock);
        server.inFlight.set(3);
        server.lettingIn = Optional.of(Duration.ofMillis(100));
        Drains drains = drains(false, server.server());

        drains.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(1))));

        assertThat(drains.awaitDone(PATIENCE)).isTrue();
        await().atMost(PATIENCE).until(() -> drains.recent().size() == 1);
        DrainRecord drained = drains.recent().getFirst();
        assertThat(drained.outcome()).isEqualTo("cut");
        assertThat(drained.announcedAt()).isBetween(drained.detectedAt(), drained.closedAt());
        assertThat(drained.cutAt()).isBetween(drained.closedAt(), drained.stopSentAt());
        assertThat(Duration.between(drained.announcedAt(), drained.closedAt())).isGreaterThan(Duration.ofSeconds(5));
    }
}
