// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the fields of Linux's {@code tcp_info} mean for an answer; their places are those of {@code linux/tcp.h}. */
class SocketStateTest {

    private static final int UNACKED = 24;
    private static final int NOTSENT = 144;

    private final ByteBuffer info = ByteBuffer.allocate(NOTSENT + Integer.BYTES).order(ByteOrder.nativeOrder());

    @Test
    void packetsOnTheirWayAreSentButNotAcknowledged() {
        SocketState state = SocketState.read(info.putInt(UNACKED, 3));

        assertThat(state.isSent()).isTrue();
        assertThat(state.isAcknowledged()).isFalse();
    }

    @Test
    void bytesThatWaitInTheKernelAreNeither() {
        SocketState state = SocketState.read(info.putInt(NOTSENT, 1));

        assertThat(state.isSent()).isFalse();
        assertThat(state.isAcknowledged()).isFalse();
    }

    @Test
    void whatTheClientHasIsBoth() {
        SocketState state = SocketState.read(info);

        assertThat(state.isSent()).isTrue();
        assertThat(state.isAcknowledged()).isTrue();
    }
}
