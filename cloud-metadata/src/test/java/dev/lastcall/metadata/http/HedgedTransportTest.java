// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.metadata.testing.VirtualRest;
import dev.lastcall.metadata.time.AnswerTime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HedgedTransportTest {

    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final Endpoint SERVER = Endpoint.http("127.0.0.1");

    private final ManualClock clock = new ManualClock();
    private final List<MetadataRequest> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Script script = (number, request) -> hang(request);
    private final MetadataTransport transport = new HedgedTransport(this::play, clock);

    private interface Script {
        MetadataAnswer answer(int number, MetadataRequest request) throws InterruptedException;
    }

    private MetadataAnswer play(MetadataRequest request) throws InterruptedException {
        asked.add(request);
        waiting.incrementAndGet();
        try {
            return script.answer(asked.size(), request);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private MetadataAnswer hang(MetadataRequest request) throws InterruptedException {
        clock.sleep(request.total());
        return new MetadataAnswer.Failed(new MetadataProblem(MetadataProblem.Kind.TIMEOUT, "late " + request.total()));
    }

    private MetadataAnswer status(int status) {
        return new MetadataAnswer.Response(status, Map.of(), "", AnswerTime.now(clock));
    }

    private CompletableFuture<MetadataAnswer> begin(MetadataRequest request) {
        CompletableFuture<MetadataAnswer> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(transport.ask(request));
            } catch (InterruptedException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        VirtualRest.await();
        return answer;
    }

    private void pass(Duration time) {
        Duration step = Duration.ofMillis(50);
        for (Duration left = time; left.isPositive(); left = left.minus(step)) {
            clock.advance(step);
            VirtualRest.await();
        }
    }

    private static MetadataRequest get(Duration bound) {
        return MetadataRequest.get(SERVER, "/x", Map.of(), bound);
    }

    @Test
    void aServerThatAnswersIsAskedOnce() {
        script = (number, request) -> status(404);

        assertThat(begin(get(BOUND))).isCompletedWithValueMatching(MetadataAnswer.Response.class::isInstance);
        assertThat(asked).hasSize(1);
        assertThat(clock.sleepers()).as("nothing is left running").isZero();
    }

    @Test
    void aQuestionThatHangsIsAskedAgainBesideAndTheFirstAnswerCounts() {
        script = (number, request) -> number == 1 ? hang(request) : status(200);
        CompletableFuture<MetadataAnswer> answer = begin(get(BOUND));
        assertThat(answer).isNotDone();

        pass(HedgedTransport.INTERVAL);

        assertThat(answer).isCompletedWithValueMatching(MetadataAnswer.Response.class::isInstance);
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1).total()).isEqualTo(BOUND.minus(HedgedTransport.INTERVAL));
        assertThat(waiting).as("the one that hangs is given up").hasValue(0);
    }

    @Test
    void aSlowAnswerOfTheFirstQuestionCountsHoweverManyWereAskedBeside() {
        script = (number, request) -> {
            if (number > 1) {
                return hang(request);
            }
            clock.sleep(Duration.ofSeconds(100));
            return status(200);
        };
        CompletableFuture<MetadataAnswer> answer = begin(get(Duration.ofSeconds(150)));

        pass(Duration.ofSeconds(99));
        assertThat(answer).isNotDone();
        assertThat(waiting.get()).as("bounded").isLessThanOrEqualTo(1 + HedgedTransport.BESIDE);
        pass(Duration.ofSeconds(2));

        assertThat(answer).isCompletedWithValueMatching(MetadataAnswer.Response.class::isInstance);
    }

    @Test
    void endsWithinItsBoundWithTheFailureOfTheFirstQuestion() {
        CompletableFuture<MetadataAnswer> answer = begin(get(BOUND));

        pass(BOUND);

        assertThat(answer).isCompletedWithValueMatching(
                failed -> failed instanceof MetadataAnswer.Failed(var problem)
                        && problem.message().equals("late PT2S"));
        assertThat(asked).hasSize(3);
    }

    @Test
    void aFailureAtOnceIsReportedAtOnceAndAnErrorOfTheServerIsNoAnswerWhileAnotherIsAwaited() {
        script = (number, request) -> new MetadataAnswer.Failed(
                new MetadataProblem(MetadataProblem.Kind.UNREACHABLE, "refused"));
        assertThat(begin(get(BOUND))).isDone();

        asked.clear();
        script = (number, request) -> switch (number) {
            case 1 -> hang(request);
            case 2 -> status(503);
            default -> status(200);
        };
        CompletableFuture<MetadataAnswer> answer = begin(get(BOUND));
        pass(HedgedTransport.INTERVAL);
        assertThat(answer).isNotDone();
        pass(HedgedTransport.INTERVAL);
        assertThat(answer).isCompletedWithValueMatching(
                good -> good instanceof MetadataAnswer.Response response && response.status() == 200);
    }

    @Test
    void whatMustNotBePutTwiceIsPutOnce() {
        for (MetadataRequest once : List.of(
                new MetadataRequest(MetadataRequest.Method.GET, SERVER, "/held", Map.of(), "", BOUND, false),
                new MetadataRequest(MetadataRequest.Method.POST, SERVER, "/approve", Map.of(), "{}", BOUND, true))) {
            asked.clear();
            CompletableFuture<MetadataAnswer> answer = begin(once);
            pass(BOUND);
            assertThat(answer).isDone();
            assertThat(asked).containsExactly(once);
        }
    }

    @Test
    void aFaultOfTheTransportIsAFailure() {
        script = (number, request) -> {
            throw new StackOverflowError("deep");
        };

        assertThat(begin(get(BOUND))).isCompletedWithValueMatching(MetadataAnswer.Failed.class::isInstance);
    }

    @Test
    void interruptionGivesAllUp() throws InterruptedException {
        Thread asker = Thread.ofVirtual().start(() -> {
            try {
                transport.ask(get(BOUND));
            } catch (InterruptedException ended) {
                // As it should.
            }
        });
        VirtualRest.await();
        pass(HedgedTransport.INTERVAL);
        asker.interrupt();
        asker.join();
        VirtualRest.await();

        assertThat(waiting).hasValue(0);
        assertThat(clock.sleepers()).isZero();
    }
}
