// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FetchSettingsTest {

    private static int[] buffers(int connections) {
        FetchSettings settings = FetchSettings.defaults().withMaxConnections(connections);
        return IntStream.range(0, connections).map(settings::bufferBytes).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 16, 17, 20, 128, 256})
    void theBuffersOfAllWorkersTogetherStayWithinTheBudget(int connections) {
        assertThat(IntStream.of(buffers(connections)).asLongStream().sum())
                .isLessThanOrEqualTo(FetchSettings.defaults().bufferBudgetBytes());
    }

    @Test
    void theFirstWorkersHaveLargeBuffersAndTheOthersShareTheRest() {
        int[] buffers = buffers(256);

        assertThat(buffers[0]).isEqualTo(1 << 20);
        assertThat(buffers[15]).isEqualTo(1 << 20);
        assertThat(buffers[16]).isEqualTo(64 << 10);
        assertThat(buffers[255]).isEqualTo(64 << 10);
    }
}
