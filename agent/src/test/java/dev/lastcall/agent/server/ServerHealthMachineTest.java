// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ServerHealthMachineTest {

    private static final HealthReading REFUSED = new HealthReading.Unreachable("refused");
    private static final HealthReading SILENT = new HealthReading.Silent("late");
    private static final long STEP = Duration.ofSeconds(4).toNanos();

    private ServerHealthMachine state = ServerHealthMachine.NEW;
    private long now = Long.MAX_VALUE - 10 * STEP;

    private ServerHealth poll(HealthReading reading, boolean processRuns) {
        now += STEP;
        state = state.after(reading, processRuns, now);
        return state.health();
    }

    @Test
    void oneRefusedConnectionIsNoNews() {
        poll(new HealthReading.Answered(), false);

        assertThat(poll(REFUSED, false)).isEqualTo(new ServerHealth.Up());
        assertThat(poll(REFUSED, false)).isEqualTo(new ServerHealth.Down("refused"));
        assertThat(poll(new HealthReading.Answered(), false)).isEqualTo(new ServerHealth.Up());
    }

    @Test
    void aServerThatNeverAnsweredIsDownUnlessItsProcessRuns() {
        poll(REFUSED, false);
        assertThat(poll(REFUSED, false)).isEqualTo(new ServerHealth.Down("refused"));
        assertThat(poll(REFUSED, true)).isEqualTo(new ServerHealth.Starting("refused"));
    }

    @Test
    void aBusyServerMayMissSomePolls() {
        poll(new HealthReading.Answered(), true);
        for (int i = 1; i < ServerHealthMachine.SILENT_POLLS; i++) {
            assertThat(poll(SILENT, false)).isEqualTo(new ServerHealth.Up());
        }
        assertThat(poll(SILENT, false)).isEqualTo(new ServerHealth.Down("late"));
    }

    @Test
    void noServerStartsForEver() {
        for (Duration passed = Duration.ZERO; passed.compareTo(ServerHealthMachine.STARTING_BOUND) < 0; passed = passed
                .plusNanos(STEP)) {
            poll(new HealthReading.Loading("503"), true);
        }
        assertThat(poll(new HealthReading.Loading("503"), true)).isEqualTo(new ServerHealth.Down("503"));
    }

    @Property
    void anAnswerAlwaysMeansUpAndTwoRefusalsWithoutAProcessAlwaysMeanDown(
            @ForAll("readings") List<HealthReading> readings) {
        for (int i = 0; i < readings.size(); i++) {
            ServerHealth health = poll(readings.get(i), false);
            boolean refusedTwice = i > 0 && readings.get(i).equals(REFUSED) && readings.get(i - 1).equals(REFUSED);
            Statistics.collect(health.getClass().getSimpleName());
            if (readings.get(i) instanceof HealthReading.Answered) {
                assertThat(health).isEqualTo(new ServerHealth.Up());
            } else if (refusedTwice) {
                assertThat(health).isInstanceOf(ServerHealth.Down.class);
            }
        }
        state = ServerHealthMachine.NEW;
    }

    @Provide
    Arbitrary<List<HealthReading>> readings() {
        return Arbitraries.of(new HealthReading.Answered(), REFUSED, SILENT, new HealthReading.Loading("503"))
                .list()
                .ofMaxSize(40);
    }
}
