// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.bounds;

import java.util.ArrayList;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadBudgetTest {

    private static final int LIMIT = 3000;

    @Test
    void aBodyThatFindsNoRoomTakesNothingAndFindsItWhenAnotherIsOver() {
        ReadBudget budget = ReadBudget.of(LIMIT);
        try (var second = budget.open()) {
            try (var first = budget.open()) {
                assertThat(first.take(900)).isTrue();
                assertThat(second.take(200)).isFalse();
                assertThat(budget.held()).isEqualTo(900L * ReadBudget.WEIGHT);
                assertThat(budget.refused()).isOne();
            }
            assertThat(second.take(200)).isTrue();
        }
        assertThat(budget.held()).isZero();
    }

    @Test
    void aClosedPlaceTakesNothing() {
        ReadBudget budget = ReadBudget.of(LIMIT);
        var place = budget.open();
        place.close();
        assertThat(place.take(1)).isFalse();
        assertThat(budget.held()).isZero();
    }

    /** Whatever is taken, given back and closed in whatever order: never more than the limit, and nothing is left over. */
    @Property
    void neverMoreIsHeldThanThereIsAndNothingIsLeftOver(
            @ForAll @Size(max = 60) List<@IntRange(max = 900) Integer> steps) {
        ReadBudget budget = ReadBudget.of(LIMIT);
        List<ReadBudget.Place> places = new ArrayList<>();
        for (int step : steps) {
            switch (step % 4) {
                case 0 -> places.add(budget.open());
                case 1 -> {
                    if (!places.isEmpty()) {
                        places.get(step % places.size()).close();
                    }
                }
                default -> {
                    if (!places.isEmpty()) {
                        places.get(step % places.size()).take(step);
                    }
                }
            }
            assertThat(budget.held()).isBetween(0L, (long) LIMIT);
        }
        places.forEach(ReadBudget.Place::close);
        assertThat(budget.held()).isZero();
    }
}
