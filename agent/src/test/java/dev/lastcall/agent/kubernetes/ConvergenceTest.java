// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ConvergenceTest {

    private static final Persistence QUICK = new Persistence(NodeClock.system(), Duration.ofMillis(1),
            Duration.ofMillis(2));
    private static final Reply OK = new Reply.Ok(JsonMapper.builder().build().createObjectNode());
    private static final int EAGER = 3;

    private final AtomicInteger tries = new AtomicInteger();

    @Test
    void aServerThatIsAwayForLongerThanAnyNoticeIsToldWhenItIsBack() {
        try (var convergence = convergence(_ -> tries.incrementAndGet() <= 3 * EAGER
                ? new Reply.Unreachable("nobody there")
                : OK)) {
            convergence.want("warm");
            soon().until(() -> tries.get() == 3 * EAGER + 1 && convergence.problem().isEmpty());
        }
    }

    @Test
    void whatIsGoneIsNotTriedAgain() {
        try (var convergence = convergence(_ -> {
            tries.incrementAndGet();
            return new Reply.Refused(404, "not found", Optional.empty());
        })) {
            convergence.want("warm");
            soon().until(() -> convergence.problem().isPresent());
            soon().during(Duration.ofMillis(200)).until(() -> tries.get() == 1);
        }
    }

    @Test
    void whatIsForbiddenIsTriedAgainMuchLaterAndAtOnceForSomethingElse() {
        try (var convergence = convergence(wanted -> {
            tries.incrementAndGet();
            return wanted.equals("warm") ? new Reply.Refused(403, "forbidden", Optional.empty()) : OK;
        })) {
            convergence.want("warm");
            soon().until(() -> convergence.problem().isPresent());
            soon().during(Duration.ofMillis(200)).until(() -> tries.get() == 1);
            convergence.want("clear");
            soon().until(() -> convergence.problem().isEmpty());
            assertThat(tries).hasValue(2);
        }
    }

    private static Convergence<String> convergence(Convergence.Effect<String> effect) {
        return new Convergence<>("mark", QUICK, effect, EAGER, Duration.ofMillis(5));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }
}
