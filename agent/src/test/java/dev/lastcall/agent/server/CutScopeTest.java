// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.agent.server.kind.SequentialCutter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class CutScopeTest {

    private final List<String> done = new CopyOnWriteArrayList<>();
    private final CutScope scope = new CutScope();

    @Test
    void aWithdrawalTakesEffectAtOnceWhileNoAbortIsUnderWay() {
        assertThat(scope.abort(() -> 3)).isEqualTo(3);

        scope.withdraw(() -> done.add("open"));

        assertThat(done).containsExactly("open");
    }

    @Test
    void noAbortBeginsAfterAWithdrawal() {
        scope.withdraw(() -> done.add("open"));

        assertThat(scope.abort(() -> {
            done.add("abort");
            return 1;
        })).isEqualTo(Cutter.UNKNOWN);
        assertThat(done).containsExactly("open");
    }

    @Test
    void theDoorOpensAfterTheAbortThatIsUnderWay() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Thread aborting = Thread.ofVirtual().start(() -> scope.abort(() -> {
            begun.countDown();
            await(goOn);
            done.add("abort");
            return 1;
        }));
        begun.await();

        scope.withdraw(() -> done.add("open"));
        assertThat(done).isEmpty();
        goOn.countDown();
        aborting.join();

        assertThat(done).containsExactly("abort", "open");
    }

    @Test
    void anAbortThatFailsKeepsNoDoorClosed() {
        var begun = new CountDownLatch(1);
        Thread aborting = Thread.ofVirtual().unstarted(() -> scope.abort(() -> {
            scope.withdraw(() -> done.add("open"));
            begun.countDown();
            throw new IllegalStateException("no");
        }));
        aborting.setUncaughtExceptionHandler((thread, failure) -> done.add(String.valueOf(failure.getMessage())));
        aborting.start();
        await(begun);

        Awaitility.await().until(() -> done.size() == 2);
        assertThat(done).containsExactly("open", "no");
    }

    @Test
    void whatHasItsTurnAfterAWithdrawalAbortsNothingOfTheServer() {
        Cutter gate = bound -> {
            scope.withdraw(() -> done.add("open"));
            return 2;
        };
        var abort = new Cutter() {
            @Override
            public int cut(Duration bound) {
                done.add("abort");
                return 5;
            }

            @Override
            public int cut(Duration bound, CutScope within) {
                return within.abort(() -> cut(bound));
            }
        };

        assertThat(new SequentialCutter(List.of(gate, abort)).cut(Duration.ofSeconds(1), scope)).isEqualTo(2);

        assertThat(done).containsExactly("open");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
