// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ServerHealthMonitorTest {

    private final ManualClock clock = new ManualClock();
    private final ConditionBoard board = new ConditionBoard();
    private final AtomicReference<HealthReading> reading = new AtomicReference<>(
            new HealthReading.Unreachable("refused"));
    private final AtomicInteger polls = new AtomicInteger();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final ServerHealthMonitor monitor = new ServerHealthMonitor("llama", bound -> {
        polls.incrementAndGet();
        if (broken.get()) {
            throw new IllegalStateException("a fault");
        }
        return reading.get();
    }, () -> false, draining::get, board, clock, LoopObserver.NONE);

    @AfterEach
    void close() {
        monitor.close();
    }

    private void passOnePoll() throws InterruptedException {
        clock.advance(ServerHealthMonitor.CALM);
        clock.awaitSleepers(1);
    }

    @Test
    void aServerThatDoesNotAnswerTakesTheProtectionAwayUntilItDoes() throws InterruptedException {
        monitor.start();
        clock.awaitSleepers(1);
        assertThat(board.isProtected()).isTrue();
        passOnePoll();

        assertThat(board.active()).extracting(Condition::code).containsExactly(ConditionCode.SERVER_DOWN);
        assertThat(board.isProtected()).isFalse();

        reading.set(new HealthReading.Answered());
        passOnePoll();
        assertThat(board.active()).isEmpty();
    }

    @Test
    void inADrainTheServerIsLeftAlone() throws InterruptedException {
        draining.set(true);
        monitor.start();
        clock.awaitSleepers(1);
        passOnePoll();
        passOnePoll();

        assertThat(polls).hasValue(0);
        assertThat(board.active()).isEmpty();
    }

    @Test
    void aFaultInAPollEndsNothing() throws InterruptedException {
        broken.set(true);
        monitor.start();
        clock.awaitSleepers(1);
        passOnePoll();
        broken.set(false);
        passOnePoll();
        passOnePoll();

        assertThat(board.active()).extracting(Condition::code).containsExactly(ConditionCode.SERVER_DOWN);
    }
}
