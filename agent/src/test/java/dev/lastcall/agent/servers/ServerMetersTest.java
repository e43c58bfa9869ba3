// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.lastcall.agent.drain.DrainPolicy;
import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.drain.DrainStore;
import dev.lastcall.agent.drain.DrainTransition;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.telemetry.Scrape;
import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What the transitions of drains become as meters. */
class ServerMetersTest {

    private static final String DOOR = "lastcall_notice_to_door_seconds";
    private static final String PHASE = "lastcall_drain_phase_seconds";

    @TempDir
    Path directory;

    private final Metrics metrics = new Metrics("1");
    private Drains drains;
    private ServerMeters meters;

    @BeforeEach
    void make() {
        NodeClock clock = NodeClock.system();
        drains = new Drains(List.of(), new DrainSettings(DrainPolicy.DEFAULT, Duration.ZERO, true, true, List.of()),
                clock, DrainStore.open(directory, Path.of("/proc"), clock));
        meters = new ServerMeters(metrics, drains);
    }

    @AfterEach
    void close() {
        drains.close();
    }

    @Test
    void anAnnouncementIsTheTurnOfTheDoorAndTheClosingAfterItIsNot() {
        on("a", Phase.OPEN, Phase.ANNOUNCING, 0.003, 0.002);
        on("a", Phase.ANNOUNCING, Phase.SETTLING, 20, 20.0);

        Scrape scrape = scrape();
        assertThat(scrape.sum(DOOR + "_count", "turn=\"announced\"")).isEqualTo(1);
        assertThat(scrape.sum(DOOR + "_sum", "turn=\"announced\"")).isEqualTo(0.002);
        assertThat(scrape.sum(DOOR + "_count", "turn=\"closed\"")).isZero();
    }

    @Test
    void aDoorThatIsClosedAtOnce() {
        on("a", Phase.OPEN, Phase.SETTLING, 0.003, 0.002);

        assertThat(scrape().sum(DOOR + "_sum", "turn=\"closed\"")).isEqualTo(0.002);
    }

    @Test
    void aPhaseIsTimedFromItsBeginningServerByServer() {
        on("a", Phase.OPEN, Phase.SETTLING, 1, 1.0);
        on("b", Phase.OPEN, Phase.SETTLING, 2, 2.0);
        on("a", Phase.SETTLING, Phase.DRAINING, 6, null);
        on("b", Phase.SETTLING, Phase.DRAINING, 8, null);
        on("a", Phase.DRAINING, Phase.STOPPING, 36, null);
        on("a", Phase.STOPPING, Phase.STOPPED, 40, null);

        Scrape scrape = scrape();
        assertThat(scrape.sum(PHASE + "_count", "phase=\"settling\"")).isEqualTo(2);
        assertThat(scrape.sum(PHASE + "_sum", "phase=\"settling\"")).isEqualTo(5 + 6);
        assertThat(scrape.sum(PHASE + "_sum", "phase=\"draining\"")).isEqualTo(30);
        assertThat(scrape.sum(PHASE + "_sum", "phase=\"stopping\"")).isEqualTo(4);
        assertThat(scrape.sum(PHASE + "_count")).as("no phase but those of a drain that is on").isEqualTo(4);
    }

    @Test
    void aWithdrawalEndsThePhaseAndTheNextDrainBeginsByItself() {
        on("a", Phase.OPEN, Phase.SETTLING, 1, 1.0);
        on("a", Phase.SETTLING, Phase.OPEN, 4, null);
        on("a", Phase.OPEN, Phase.SETTLING, 2, 2.0);
        on("a", Phase.SETTLING, Phase.DRAINING, 3, null);

        assertThat(scrape().sum(PHASE + "_sum", "phase=\"settling\"")).isEqualTo(3 + 1);
    }

    @Test
    void aServerThatIsGoneTakesTheBeginningOfItsPhaseWithIt() {
        on("a", Phase.OPEN, Phase.SETTLING, 1, 1.0);
        meters.removed("a");
        on("a", Phase.SETTLING, Phase.DRAINING, 900, null);

        assertThat(scrape().has(PHASE + "_count")).isFalse();
    }

    private Scrape scrape() {
        return Scrape.of(metrics.scrape());
    }

    private void on(String server, Phase from, Phase to, double elapsed, @Nullable Double doorDelay) {
        meters.on(new DrainTransition(server, from, to, Instant.EPOCH, seconds(elapsed), Duration.ZERO,
                doorDelay == null ? null : seconds(doorDelay), null, false));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }
}
