// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.warmup.failure.CredentialFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class RefreshedTest {

    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final AtomicInteger fetches = new AtomicInteger();

    private Refreshed<AccessToken> tokens(Duration life) {
        return new Refreshed<>(() -> new AccessToken("t" + fetches.incrementAndGet(), now.get().plus(life)), now::get);
    }

    @Test
    void whatIsGoodIsKeptAndRenewedFiveMinutesBeforeItsEnd() throws Exception {
        Refreshed<AccessToken> tokens = tokens(Duration.ofHours(1));
        assertThat(tokens.get().value()).isEqualTo("t1");
        now.set(START.plus(Duration.ofMinutes(54)));
        assertThat(tokens.get().value()).isEqualTo("t1");
        now.set(START.plus(Duration.ofMinutes(55)));
        assertThat(tokens.get().value()).isEqualTo("t2");
    }

    @Test
    void earlyRenewalThatFailsLeavesWhatIsGoodAndTriesAgainLater() throws Exception {
        Refreshed<AccessToken> tokens = new Refreshed<>(() -> {
            if (fetches.incrementAndGet() == 2) {
                throw new CredentialException("", CredentialFault.NO_ANSWER, "down");
            }
            return new AccessToken("t" + fetches.get(), now.get().plus(Duration.ofHours(1)));
        }, now::get);
        tokens.get();
        now.set(START.plus(Duration.ofMinutes(56)));

        assertThat(tokens.get().value()).isEqualTo("t1");
        assertThat(tokens.get().value()).isEqualTo("t1");
        assertThat(fetches).hasValue(2);
        now.set(START.plus(Duration.ofMinutes(57)));
        assertThat(tokens.get().value()).isEqualTo("t3");
    }

    @Test
    void whatHasEndedIsNotHandedOut() throws Exception {
        Refreshed<AccessToken> tokens = new Refreshed<>(() -> {
            if (fetches.incrementAndGet() > 1) {
                throw new CredentialException("", CredentialFault.NO_ANSWER, "down");
            }
            return new AccessToken("t1", now.get().plus(Duration.ofHours(1)));
        }, now::get);
        tokens.get();
        now.set(START.plus(Duration.ofHours(2)));

        assertThatThrownBy(tokens::get).hasMessage("down");
    }

    @Test
    void hostClockThatIsAheadDoesNotMakeEachRequestFetch() throws Exception {
        Refreshed<AccessToken> tokens = tokens(Duration.ofHours(-3));
        tokens.get();
        tokens.get();

        assertThat(fetches).hasValue(1);
    }

    @Test
    void manyThatAskAtOnceFetchOnce() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        Refreshed<AccessToken> tokens = new Refreshed<>(() -> {
            released.await();
            return new AccessToken("t" + fetches.incrementAndGet(), now.get().plus(Duration.ofHours(1)));
        }, now::get);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<AccessToken>> asking = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                asking.add(executor.submit(tokens::get));
            }
            released.countDown();
            for (Future<AccessToken> token : asking) {
                assertThat(token.get().value()).isEqualTo("t1");
            }
        }
    }

    @Test
    void refusedOneIsReplacedOnceForAllThatHeldIt() throws Exception {
        Refreshed<AccessToken> tokens = tokens(Duration.ofHours(1));
        AccessToken first = tokens.get();

        assertThat(List.of(tokens.insteadOf(first).value(), tokens.insteadOf(first).value(), tokens.get().value()))
                .containsOnly("t2");
    }
}
