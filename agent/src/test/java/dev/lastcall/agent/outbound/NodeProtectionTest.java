// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.outbound;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.kubernetes.node.Protection;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class NodeProtectionTest {

    private static final Condition BLIND = Condition.of(ConditionCode.NO_GOOD_POLL, "node", "nothing answers");
    private static final Condition DOWN = Condition.of(ConditionCode.SERVER_DOWN, "llama", "is down");
    private static final Condition WARNING = Condition.of(ConditionCode.BAD_ANNOTATION, "pod", "odd");

    private final ConditionBoard board = new ConditionBoard();
    private final ManualClock clock = new ManualClock();
    private final List<Protection> said = new CopyOnWriteArrayList<>();
    private final NodeProtection protection = new NodeProtection(board, said::add, clock, LoopObserver.NONE);

    @AfterEach
    void close() {
        protection.close();
    }

    private void run(Duration time) throws InterruptedException {
        clock.run(time, 1);
    }

    @Test
    void whatIsMissingIsSaidAtOnceAndThatNothingIsWhenThatHasLasted() throws InterruptedException {
        board.raise(BLIND);
        protection.start();
        run(Duration.ZERO);
        assertThat(said)
                .containsExactly(new Protection.Unprotected("NoGoodPoll", "no-good-poll node: nothing answers"));

        board.clear(BLIND.code(), BLIND.subject());
        run(NodeProtection.STABLE.minusSeconds(2));
        assertThat(said).hasSize(1);
        run(Duration.ofSeconds(4));
        assertThat(said.getLast()).isEqualTo(new Protection.Protected());
    }

    @Test
    void aNodeWhereNothingIsMissingIsSaidToBeProtectedOnceAndNotBeforeThatHasLasted() throws InterruptedException {
        protection.start();
        run(NodeProtection.STABLE.minusSeconds(1));
        assertThat(said).isEmpty();
        run(Duration.ofHours(2));
        assertThat(said).containsExactly(new Protection.Protected());
    }

    @Test
    void warningsDoNotCount() throws InterruptedException {
        board.raise(WARNING);
        protection.start();
        run(Duration.ofMinutes(1));
        assertThat(said).containsExactly(new Protection.Protected());
    }

    @Test
    void aChangeOfTheMessageIsWrittenSeldomAndOneOfTheReasonAtOnce() throws InterruptedException {
        board.raise(DOWN);
        protection.start();
        run(Duration.ZERO);
        board.raise(Condition.of(ConditionCode.SERVER_DOWN, "mistral", "is down"));
        run(NodeProtection.MESSAGE_INTERVAL.minusSeconds(10));
        assertThat(said).hasSize(1);
        run(Duration.ofSeconds(20));
        assertThat(said).hasSize(2);
        board.raise(BLIND);
        run(Duration.ofSeconds(4));
        assertThat(said).hasSize(3);
        assertThat(said.getLast()).isInstanceOfSatisfying(Protection.Unprotected.class,
                missing -> assertThat(missing.reason()).isEqualTo("NoGoodPoll"));
    }

    /** The API server refuses a reason in another form. */
    @ParameterizedTest
    @EnumSource
    void everyConditionHasAReasonThatKubernetesTakes(ConditionCode code) {
        assertThat(NodeProtection.reason(code.label())).matches("[A-Z][A-Za-z0-9]{2,60}").doesNotStartWith("Lastcall");
    }
}
