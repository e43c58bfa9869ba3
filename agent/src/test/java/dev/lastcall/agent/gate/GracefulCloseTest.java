// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;

import dev.lastcall.metadata.testing.ManualClock;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A refused client may send on for a while, and cannot keep the event loop busy with it. */
class GracefulCloseTest {

    private static final int PIECE = 64 * 1024;

    private final ManualClock clock = new ManualClock();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final GracefulClose closing = new GracefulClose(channel, new WriteBuffer(channel), clock,
            Duration.ofSeconds(2));

    /** How much is read until the next tick. */
    private long readUntilPaused() {
        long read = 0;
        while (closing.mayRead() && read < 2 * GracefulClose.FREE_BYTES) {
            closing.throwAway(Unpooled.wrappedBuffer(new byte[PIECE]));
            read += PIECE;
        }
        return read;
    }

    @Test
    void aRefusedUploadIsReadToItsUsualSizeAndThenSlowly() {
        closing.begin();

        assertThat(readUntilPaused()).isEqualTo(GracefulClose.FREE_BYTES);

        closing.tick(clock.nanoTime(), false);

        assertThat(readUntilPaused()).isEqualTo(GracefulClose.BYTES_PER_TICK);
        assertThat(closing.mayRead()).isFalse();
    }

    @Test
    void whatIsThrownAwayIsReleased() {
        var bytes = Unpooled.buffer(8).writeLong(1);

        closing.throwAway(bytes);

        assertThat(bytes.refCnt()).isZero();
    }
}
