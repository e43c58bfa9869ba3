// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConcurrencyTest {

    private static final double EACH = 50e6;
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Looks at a store that gives so much to each connection and so much to all. */
    private static void look(Concurrency concurrency, int looks, double ceiling) {
        for (int i = 0; i < looks; i++) {
            concurrency.look(Math.min(concurrency.limit() * EACH, ceiling), true);
        }
    }

    @Test
    void aStoreThatIsSlowPerConnectionGetsManySoon() {
        Concurrency concurrency = new Concurrency(256);

        look(concurrency, 6, 1e12);

        assertThat(concurrency.limit()).isEqualTo(256);
    }

    @Test
    void manySmallFilesBeginWithManyConnections() {
        assertThat(Concurrency.of(256, 1200, 1200 * 100_000L).limit()).isEqualTo(32);
        assertThat(Concurrency.of(16, 1200, 1200 * 100_000L).limit()).isEqualTo(16);
        assertThat(Concurrency.of(256, 64, 64L << 24).limit()).as("large files").isEqualTo(8);
        assertThat(Concurrency.of(256, 4, 400_000).limit()).as("few files").isEqualTo(8);
        assertThat(Concurrency.of(256, 0, 0).limit()).as("no file").isEqualTo(8);
    }

    @Test
    void connectionsThatBringNothingAreTakenBack() {
        Concurrency concurrency = new Concurrency(256);

        look(concurrency, 20, 8 * EACH);

        assertThat(concurrency.limit()).isLessThanOrEqualTo(10);
    }

    @Test
    void anOverloadedStoreIsAskedLessOncePerComplaintAndMoreAgainOneByOne() {
        Concurrency concurrency = new Concurrency(100);
        look(concurrency, 8, 1e12);
        long second = Duration.ofSeconds(1).toNanos();

        for (int i = 0; i < 50; i++) {
            concurrency.throttled(Long.MAX_VALUE - second + i);
        }

        assertThat(concurrency.limit()).as("the clock may wrap").isEqualTo(70);
        concurrency.throttled(Long.MAX_VALUE + second);
        assertThat(concurrency.limit()).isEqualTo(49);
        look(concurrency, 11, 1e12);
        assertThat(concurrency.limit()).isEqualTo(59);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 100})
    void complaintsLeaveAFewConnections(int max) {
        Concurrency concurrency = new Concurrency(max);
        for (int i = 0; i < 100; i++) {
            concurrency.throttled(i * Duration.ofSeconds(2).toNanos());
        }

        assertThat(concurrency.limit()).isEqualTo(Math.min(max, 4));
    }

    /** A store that grants so many connections and refuses each one beyond. */
    @ParameterizedTest
    @ValueSource(ints = {5, 8, 13, 16, 32, 50, 64, 100})
    void nearlyAllOfWhatAStoreGrantsIsUsed(int granted) {
        Concurrency concurrency = new Concurrency(128);
        long now = 0;
        double used = 0;
        int counted = 0;
        for (int look = 0; look < 400; look++) {
            now += LOOK.toNanos();
            if (concurrency.limit() > granted) {
                concurrency.throttled(now);
            }
            int open = Math.min(concurrency.limit(), granted);
            concurrency.look(open * EACH, true);
            if (look >= 100) {
                used += open;
                counted++;
            }
        }

        assertThat(used / counted / granted).isGreaterThan(0.9);
    }
}
