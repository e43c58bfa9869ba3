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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ConvergenceTest {

    private static final Persistence QUICK = new Persistence(NodeClock.system(), Duration.ofMillis(1),
            Duration.ofMillis(2));
    private static final Reply OK = new Reply.Ok(JsonMapper.builder().build().createObjectNode());
    private static final int EAGER = 3;
    private static final String NOTICE = "notice";

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
    void whatIsGoneIsNotTriedAgainUntilItIsSaidToBeBack() {
        try (var convergence = convergence(_ -> {
            tries.incrementAndGet();
            return new Reply.Refused(404, "not found", Optional.empty(),
                    Optional.of(new Reply.Absent("nodes", "gpu-1")));
        })) {
            convergence.want("warm");
            soon().until(convergence::hasGivenUp);
            soon().during(Duration.ofMillis(200)).until(() -> tries.get() == 1);
            assertThat(convergence.problem()).isPresent();
            convergence.renew();
            soon().until(() -> tries.get() == 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 409, 410, 422, 500})
    void aRefusalThatNamesNoAbsentObjectIsNotBelieved(int status) {
        try (var convergence = convergence(_ -> tries.incrementAndGet() <= EAGER - 1
                ? new Reply.Refused(status, "no", Optional.empty())
                : OK)) {
            convergence.want("warm");
            soon().until(() -> tries.get() == EAGER && convergence.problem().isEmpty());
        }
    }

    @Test
    void whatIsForbiddenIsTriedAgainOftenAtANoticeAndSeldomInQuiet() {
        try (var convergence = convergence(wanted -> {
            tries.incrementAndGet();
            return new Reply.Refused(403, "forbidden", Optional.empty());
        })) {
            convergence.want("quiet");
            soon().until(() -> tries.get() == 4);
            soon().during(Duration.ofMillis(200)).until(() -> tries.get() == 4);
            convergence.want(NOTICE);
            soon().until(() -> tries.get() > 20);
        }
    }

    @Test
    void aFaultOfTheEffectDoesNotEndTheTrying() {
        try (var convergence = convergence(_ -> {
            if (tries.incrementAndGet() < EAGER) {
                throw new IllegalStateException("a fault");
            }
            return OK;
        })) {
            convergence.want("warm");
            soon().until(() -> tries.get() == EAGER && convergence.problem().isEmpty());
        }
    }

    @Test
    void somethingElseIsTriedAtOnce() {
        try (var convergence = convergence(wanted -> wanted.equals("warm")
                ? new Reply.Refused(403, "forbidden", Optional.empty())
                : OK)) {
            convergence.want("warm");
            soon().until(() -> convergence.problem().isPresent());
            convergence.want("clear");
            soon().until(() -> convergence.problem().isEmpty());
        }
    }

    private static Convergence<String> convergence(Convergence.Effect<String> effect) {
        return new Convergence<>("mark", QUICK, effect, NOTICE::equals, EAGER, Duration.ofMillis(5));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }
}
