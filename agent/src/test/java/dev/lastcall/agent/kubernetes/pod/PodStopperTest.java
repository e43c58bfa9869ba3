// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.server.Stopper.Outcome;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** A pod that is to go is asked until it is, or is seen to be gone, or there is no more time. */
class PodStopperTest {

    private static final Duration WINDOW = Duration.ofSeconds(25);

    private final ScriptedPod cluster = new ScriptedPod();

    private PodStopper stopper(boolean madeUnready) {
        return stopper(cluster, madeUnready);
    }

    private PodStopper stopper(ApiCalls api, boolean madeUnready) {
        return new PodStopper(api, ScriptedPod::pod, () -> false, PodSettings.Policy.EVICT, () -> madeUnready, cluster);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 503})
    void whateverAnEvictionIsAnsweredThePodThatIsThereIsDeletedInTime(int status) {
        cluster.everyEviction = status;
        long begun = cluster.nanoTime();
        PodStopper stopper = stopper(false);

        assertThat(stopper.terminate(WINDOW)).isEqualTo(Outcome.DONE);

        assertThat(cluster.asked).isTrue();
        assertThat(cluster.count("delete")).isOne();
        assertThat(cluster.since(begun)).isLessThan(WINDOW.dividedBy(PodRemoval.EVICTION_SHARE).plusSeconds(1));
        assertThat(stopper.isGone()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 400, 403, 404, 409, 410, 422, 429, 500})
    void whateverADeletionIsAnsweredItIsTriedAgainWhileThePodIsThere(int status) {
        cluster.everyEviction = 404;
        cluster.deletions.addAll(List.of(status, status, status, status));

        assertThat(stopper(false).terminate(WINDOW)).isEqualTo(Outcome.DONE);

        assertThat(cluster.asked).isTrue();
        assertThat(cluster.count("delete")).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 409, 410})
    void aPodThatALookDoesNotFindIsGoneAndNotFoughtFor(int status) {
        cluster.uid = "";
        cluster.everyEviction = status;
        PodStopper stopper = stopper(false);

        assertThat(stopper.terminate(WINDOW)).isEqualTo(Outcome.DONE);

        assertThat(cluster.calls).containsExactly("create", "get");
        assertThat(stopper.isGone()).isTrue();
    }

    @Test
    void aPodOfTheSameNameWithAnotherUidIsSpared() {
        cluster.uid = "another";
        PodStopper stopper = stopper(false);

        assertThat(stopper.terminate(WINDOW)).isEqualTo(Outcome.DONE);

        assertThat(cluster.asked).isFalse();
        assertThat(stopper.isGone()).isTrue();
    }

    @Test
    void aLookWithoutAnAnswerDoesNotMeanThatThePodIsGone() {
        for (ApiReply look : List.of(new ApiReply.Unreachable("connection refused"),
                new ApiReply.Refused(404, "404 page not found", Optional.empty()),
                new ApiReply.Refused(403, "forbidden", Optional.empty()),
                new ApiReply.Refused(404, "another", Optional.empty(),
                        Optional.of(new ApiReply.Absent("pods", "another"))),
                new ApiReply.Ok(JsonMapper.builder().build().createObjectNode()))) {
            ScriptedPod one = new ScriptedPod();
            one.everyEviction = 404;
            one.everyLook = Optional.of(look);
            PodStopper stopper = new PodStopper(one, ScriptedPod::pod, () -> false, PodSettings.Policy.EVICT,
                    () -> false, one);

            stopper.terminate(WINDOW);

            assertThat(one.asked).as("%s", look).isTrue();
            assertThat(stopper.isGone()).as("%s", look).isFalse();
        }
    }

    @Test
    void aPassingConflictIsOnlyTriedAgain() {
        cluster.evictions.addAll(List.of(409, 409));
        assertThat(stopper(false).terminate(WINDOW)).isEqualTo(Outcome.DONE);
        assertThat(cluster.count("create")).isEqualTo(3);
        assertThat(cluster.count("delete")).isZero();
    }

    @Test
    void whileAnApiServerReadsItsRolesNoBudgetIsPassedBy() {
        cluster.evictions.addAll(List.of(403, 403, 403));
        assertThat(stopper(false).terminate(WINDOW)).isEqualTo(Outcome.DONE);
        assertThat(cluster.count("delete")).isZero();
    }

    @Test
    void aBudgetThatRefusesBecauseThisAgentTookTheReadinessIsNotWaitedFor() {
        cluster.everyEviction = 429;
        long begun = cluster.nanoTime();
        assertThat(stopper(true).terminate(Duration.ofSeconds(100))).isEqualTo(Outcome.DONE);
        assertThat(cluster.since(begun)).isLessThan(PodRemoval.FIRM_REFUSAL.plusSeconds(1));
    }

    @Test
    void aBudgetThatRefusesForOthersHasItsShareOfTheTime() {
        cluster.everyEviction = 429;
        long begun = cluster.nanoTime();
        assertThat(stopper(false).terminate(Duration.ofSeconds(100))).isEqualTo(Outcome.DONE);
        assertThat(cluster.since(begun)).isBetween(PodRemoval.MAX_EVICTION.minusSeconds(3), PodRemoval.MAX_EVICTION
                .plusSeconds(1));
    }

    @Test
    void aPodThatCannotBeDeletedIsTriedUntilTheTimeIsOverAndSaidToBeLeft() {
        cluster.everyEviction = 500;
        cluster.everyDeletion = 409;
        long begun = cluster.nanoTime();

        assertThat(stopper(false).terminate(WINDOW)).isInstanceOf(Outcome.Failed.class);

        assertThat(cluster.since(begun)).isBetween(WINDOW.minusSeconds(3), WINDOW.plusSeconds(1));
    }

    @Test
    void oneThreadAsksAndAnotherThatWantsThePodSoonerOnlyShortensWhatIsAskedFor() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch joined = new CountDownLatch(1);
        List<String> bodies = new ArrayList<>();
        PodStopper stopper = stopper(call -> {
            bodies.add(call.body());
            asked.countDown();
            awaited(joined);
            return bodies.size() == 1 ? new ApiReply.Refused(429, "later", Optional.empty()) : cluster.call(call);
        }, false);
        Thread first = Thread.ofVirtual().start(() -> stopper.depart(Duration.ofSeconds(100)));
        awaited(asked);
        List<Outcome> outcomes = new ArrayList<>();
        Thread second = Thread.ofPlatform().start(() -> outcomes.add(stopper.terminate(Duration.ofSeconds(60))));
        while (second.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        joined.countDown();
        first.join();
        second.join();

        assertThat(outcomes).containsExactly(Outcome.DONE);
        assertThat(bodies).hasSize(2);
        assertThat(bodies.getFirst()).containsPattern("\"gracePeriodSeconds\":(99|100)");
        assertThat(bodies.getLast()).contains("\"gracePeriodSeconds\":30");
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException never) {
            throw new IllegalStateException(never);
        }
    }

    @Provide
    Arbitrary<List<Integer>> answers() {
        return Arbitraries.of(0, 200, 201, 400, 401, 403, 404, 405, 408, 409, 410, 413, 422, 429, 500, 502, 503, 504)
                .list()
                .ofMaxSize(6);
    }

    @Property(tries = 500)
    void whateverIsAnsweredThePodIsAskedToGoOrIsReallyGone(@ForAll("answers") List<Integer> evictions,
            @ForAll("answers") List<Integer> deletions, @ForAll boolean there) {
        ScriptedPod one = new ScriptedPod();
        one.uid = there ? ScriptedPod.UID : "";
        one.evictions.addAll(evictions);
        one.deletions.addAll(deletions);
        PodStopper stopper = new PodStopper(one, ScriptedPod::pod, () -> false, PodSettings.Policy.EVICT, () -> false,
                one);

        Outcome outcome = stopper.terminate(Duration.ofSeconds(40));

        assertThat(outcome).isEqualTo(Outcome.DONE);
        assertThat(one.asked).isEqualTo(there);
        assertThat(stopper.isGone()).isEqualTo(!there);
    }
}
