// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FaultReporterTest {

    private final ManualClock clock = new ManualClock();
    private final ConditionBoard board = new ConditionBoard();
    private final Metrics metrics = new Metrics("1");
    private final FaultReporter reporter = new FaultReporter(board, metrics, clock);

    @Test
    void aFaultIsCountedAndActiveUntilThePartHasWorkedForAWhile() {
        reporter.failed("seeker", new IllegalStateException("first"));
        reporter.failed("seeker", new IllegalStateException("second"));

        assertThat(board.active()).singleElement().satisfies(condition -> {
            assertThat(condition.code()).isEqualTo(ConditionCode.INTERNAL_FAULT);
            assertThat(condition.subject()).isEqualTo("seeker");
            assertThat(condition.message()).contains("second");
        });
        assertThat(metrics.scrape()).contains("lastcall_internal_faults_total{part=\"seeker\"} 2.0");

        reporter.recovered("seeker");
        reporter.clearRecovered();
        assertThat(board.active()).isNotEmpty();
        clock.advance(FaultReporter.CALM);
        reporter.clearRecovered();
        assertThat(board.active()).isEmpty();
    }

    @Test
    void aPartThatFailsAgainAndAgainStaysActive() {
        for (int i = 0; i < 5; i++) {
            reporter.failed("seeker", new StackOverflowError());
            reporter.recovered("seeker");
            clock.advance(FaultReporter.CALM.minusSeconds(1));
            reporter.clearRecovered();
            assertThat(board.active()).extracting(Condition::subject).containsExactly("seeker");
        }
    }

    @Test
    void aListenerOfConditionsThatFailsKeepsNoOtherFromHearing() {
        int[] heard = new int[1];
        board.addListener(new ConditionBoard.Listener() {
            @Override
            public void raised(Condition condition) {
                throw new IllegalStateException("deaf");
            }

            @Override
            public void cleared(Condition condition) {
                throw new StackOverflowError();
            }
        });
        board.addListener(new ConditionBoard.Listener() {
            @Override
            public void raised(Condition condition) {
                heard[0]++;
            }

            @Override
            public void cleared(Condition condition) {
                heard[0] += 10;
            }
        });

        board.raise(Condition.of(ConditionCode.NO_SOURCE, "node", "x"));
        board.clear(ConditionCode.NO_SOURCE, "node");

        assertThat(heard[0]).isEqualTo(11);
    }
}
