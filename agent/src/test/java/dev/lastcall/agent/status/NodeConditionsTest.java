// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.drain.DrainStore;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What takes the protection away, by what the sources have seen. */
class NodeConditionsTest {

    private static final Observation SILENCE = new Observation.Unknown(
            new MetadataProblem(MetadataProblem.Kind.TIMEOUT, "no answer within 2s"));

    @TempDir
    Path directory;

    private final ManualClock clock = new ManualClock();
    private final NoticeBoard notices = new NoticeBoard(clock, List.of(), List.of());
    private final ConditionBoard board = new ConditionBoard();

    private List<ConditionCode> active() {
        board.refresh();
        return board.active().stream().map(Condition::code).toList();
    }

    private void watching(boolean watching) {
        Drains drains = new Drains(List.of(), DrainSettings.DEFAULT, clock,
                DrainStore.open(directory, Path.of("/proc"), clock));
        new NodeConditions(notices, drains, List::of, clock).register(board, () -> watching, false);
    }

    @Test
    void aNodeThatWatchesNothingIsNotProtected() {
        watching(true);

        assertThat(active()).containsExactly(ConditionCode.NO_SOURCE);
        assertThat(board.isProtected()).isFalse();
    }

    @Test
    void aSourceThatNeverAnsweredIsNoProtectionFromTheStartOn() {
        watching(true);
        notices.expect(source("aws-spot", NoticeSource.Role.DECISIVE));
        assertThat(active()).containsExactly(ConditionCode.NO_GOOD_POLL);

        notices.observe("aws-spot", SILENCE);
        assertThat(active()).containsExactly(ConditionCode.NO_GOOD_POLL);

        notices.observe("aws-spot", Observation.ABSENT);
        assertThat(active()).isEmpty();
    }

    @Test
    void aSourceThatGoesSilentTakesTheProtectionAway() {
        watching(true);
        notices.expect(source("aws-spot", NoticeSource.Role.DECISIVE));
        notices.observe("aws-spot", Observation.ABSENT);

        clock.advance(NoticeBoard.BLIND_AFTER.plus(Duration.ofSeconds(1)));
        notices.tick();

        assertThat(active()).containsExactly(ConditionCode.NO_GOOD_POLL, ConditionCode.SOURCE_BLIND);
    }

    @Test
    void anOperatorsFileDoesNotStandInForAMetadataServiceThatIsSilent() {
        watching(true);
        notices.expect(source("aws-spot", NoticeSource.Role.DECISIVE));
        notices.expect(source("drill", NoticeSource.Role.SUPPORTING));
        notices.observe("drill", Observation.ABSENT);

        assertThat(active()).containsExactly(ConditionCode.NO_GOOD_POLL);
    }

    @Test
    void whereNothingElseIsConfiguredAFileIsAllThatIsNeeded() {
        watching(true);
        notices.expect(source("drill", NoticeSource.Role.SUPPORTING));
        notices.observe("drill", Observation.ABSENT);

        assertThat(active()).isEmpty();
    }

    private static NoticeSource source(String name, NoticeSource.Role role) {
        return new NoticeSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Role role() {
                return role;
            }

            @Override
            public void start(ObservationSink sink) {}

            @Override
            public void close() {}
        };
    }
}
