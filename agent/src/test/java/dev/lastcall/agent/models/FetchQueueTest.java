// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import dev.lastcall.metadata.testing.ManualClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Which model is fetched when. */
@Timeout(60)
class FetchQueueTest {

    private final ManualClock clock = new ManualClock();
    private final List<String> begun = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> waiting = new ArrayList<>();

    @AfterEach
    void end() {
        waiting.forEach(Thread::interrupt);
    }

    private static ModelJob job(String name, int priority) {
        ModelSettings plain = ModelSettings.of(name, "/weights/" + name);
        return new ModelJob(new ModelSettings(name, plain.from(), null, plain.selection(), priority, false,
                plain.verify(), plain.onChange(), plain.store()));
    }

    private static List<ModelJob> jobs(int... priorities) {
        return IntStream.range(0, priorities.length).mapToObj(i -> job("m" + i, priorities[i])).toList();
    }

    private void await(FetchQueue fetchQueue, ModelJob job) {
        waiting.add(Thread.ofVirtual().start(() -> {
            try {
                fetchQueue.await(job);
                begun.add(job.name());
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void soon(String... names) {
        Awaitility.await().until(() -> begun.equals(List.of(names)));
    }

    @Test
    void thoseOfHigherRankGoFirstAlsoWhereTheirStoreAnswersLater() {
        List<ModelJob> jobs = jobs(0, 0, 5);
        FetchQueue fetchQueue = new FetchQueue(jobs, 1, clock);

        await(fetchQueue, jobs.get(1));
        await(fetchQueue, jobs.get(0));
        await(fetchQueue, jobs.get(2));

        soon("m2");
        fetchQueue.leave(jobs.get(2));
        soon("m2", "m0");
        fetchQueue.leave(jobs.get(0));
        soon("m2", "m0", "m1");
    }

    @Test
    void aStoreThatDoesNotAnswerIsWaitedForOnlySoLong() {
        List<ModelJob> jobs = jobs(5, 0);
        FetchQueue fetchQueue = new FetchQueue(jobs, 1, clock);
        await(fetchQueue, jobs.get(1));
        assertThat(begun).isEmpty();

        clock.advance(FetchQueue.FIRST_REFUSAL);

        soon("m1");
    }

    @Test
    void oneOfHigherPriorityGoesAheadBesideALesserOneAndNoMoreThanOne() {
        List<ModelJob> jobs = jobs(0, 5, 9);
        FetchQueue fetchQueue = new FetchQueue(jobs, 1, clock);
        fetchQueue.leave(jobs.get(1));
        fetchQueue.leave(jobs.get(2));
        await(fetchQueue, jobs.get(0));
        soon("m0");

        await(fetchQueue, jobs.get(1));
        soon("m0", "m1");
        await(fetchQueue, jobs.get(2));
        Awaitility.await()
                .during(java.time.Duration.ofMillis(300))
                .until(() -> begun.equals(List.of("m0", "m1")));

        fetchQueue.leave(jobs.get(0));
        soon("m0", "m1", "m2");
    }

    @Test
    void aFetchThatStallsGivesItsPlaceUpUntilItMovesAgain() {
        List<ModelJob> jobs = jobs(0, 0);
        FetchQueue fetchQueue = new FetchQueue(jobs, 1, clock);
        await(fetchQueue, jobs.get(0));
        soon("m0");
        await(fetchQueue, jobs.get(1));

        fetchQueue.move(jobs.get(0), false);

        soon("m0", "m1");
    }

    @Test
    void whoWantsNothingIsNotMovedIntoATurn() {
        List<ModelJob> jobs = jobs(0, 0);
        FetchQueue fetchQueue = new FetchQueue(jobs, 1, clock);
        fetchQueue.leave(jobs.get(0));

        fetchQueue.move(jobs.get(0), true);
        await(fetchQueue, jobs.get(1));

        soon("m1");
    }
}
