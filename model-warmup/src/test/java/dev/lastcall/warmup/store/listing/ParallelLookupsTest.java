// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.listing;

import dev.lastcall.warmup.network.ControlClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ParallelLookupsTest {

    @Test
    void noLookWaitsForTheConnectionOfAnother() {
        assertThat(ParallelLookups.MANY).isLessThanOrEqualTo(ControlClient.MAX_CONNECTIONS);
    }
}
