// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.RetryPolicy;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ReconcilerTest {

    private static final ApiRetry QUICK = new ApiRetry(NodeClock.system(),
            new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(2)));
    private static final ApiReply OK = new ApiReply.Ok(JsonMapper.builder().build().createObjectNode());
    private static final int EAGER = 3;
    private static final String NOTICE = "notice";

    private final AtomicInteger tries = new AtomicInteger();

    @Test
    void aServerThatIsAwayForLongerThanAnyNoticeIsUpdatedWhenItIsBack() {
        try (var reconciler = convergence(_ -> tries.incrementAndGet() <= 3 * EAGER
                ? new ApiReply.Unreachable("connection refused")
                : OK)) {
            reconciler.want("warm");
            soon().until(() -> tries.get() == 3 * EAGER + 1 && reconciler.problem().isEmpty());
        }
    }

    @Test
    void itsEndWaitsForTheAttemptThatIsUnderWay() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch reply = new CountDownLatch(1);
        try (var reconciler = convergence(_ -> {
            begun.countDown();
            await(reply);
            return OK;
        })) {
            reconciler.want("warm");
            await(begun);

            assertThat(reconciler.end(Duration.ofMillis(1))).isFalse();
            reply.countDown();
            assertThat(reconciler.end(Duration.ofSeconds(50))).isTrue();
            assertThat(reconciler.end(Duration.ZERO)).as("at rest").isTrue();
        }
    }

    @Test
    void whatIsGoneIsNotTriedAgainUntilItIsSaidToBeBack() {
        try (var reconciler = convergence(_ -> {
            tries.incrementAndGet();
            return new ApiReply.Refused(404, "not found", Optional.empty(),
                    Optional.of(new ApiReply.Absent("nodes", "gpu-1")));
        })) {
            reconciler.want("warm");
            soon().until(reconciler::hasGivenUp);
            soon().during(Duration.ofMillis(200)).until(() -> tries.get() == 1);
            assertThat(reconciler.problem()).isPresent();
            reconciler.renew();
            soon().until(() -> tries.get() == 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 409, 410, 422, 500})
    void aRefusalThatNamesNoAbsentObjectIsNotBelieved(int status) {
        try (var reconciler = convergence(_ -> tries.incrementAndGet() <= EAGER - 1
                ? new ApiReply.Refused(status, "no", Optional.empty())
                : OK)) {
            reconciler.want("warm");
            soon().until(() -> tries.get() == EAGER && reconciler.problem().isEmpty());
        }
    }

    @Test
    void whatIsForbiddenIsTriedAgainOftenAtANoticeAndSeldomInQuiet() {
        try (var reconciler = convergence(wanted -> {
            tries.incrementAndGet();
            return new ApiReply.Refused(403, "forbidden", Optional.empty());
        })) {
            reconciler.want("quiet");
            soon().until(() -> tries.get() == 4);
            soon().during(Duration.ofMillis(200)).until(() -> tries.get() == 4);
            reconciler.want(NOTICE);
            soon().until(() -> tries.get() > 20);
        }
    }

    @Test
    void aFaultOfTheEffectDoesNotEndTheTrying() {
        try (var reconciler = convergence(_ -> {
            if (tries.incrementAndGet() < EAGER) {
                throw new IllegalStateException("a fault");
            }
            return OK;
        })) {
            reconciler.want("warm");
            soon().until(() -> tries.get() == EAGER && reconciler.problem().isEmpty());
        }
    }

    @Test
    void somethingElseIsTriedAtOnce() {
        try (var reconciler = convergence(wanted -> wanted.equals("warm")
                ? new ApiReply.Refused(403, "forbidden", Optional.empty())
                : OK)) {
            reconciler.want("warm");
            soon().until(() -> reconciler.problem().isPresent());
            reconciler.want("clear");
            soon().until(() -> reconciler.problem().isEmpty());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static Reconciler<String> convergence(Reconciler.Effect<String> effect) {
        return new Reconciler<>("mark", QUICK, effect, NOTICE::equals, EAGER, Duration.ofMillis(5));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }
}
