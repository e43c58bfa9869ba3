// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GateSettingsTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Property
    void clientsAreNeverAskedToWaitLongerThanTheyWouldRetry(@ForAll long seconds) {
        Duration wanted = Duration.ofSeconds(seconds % 1_000_000);
        boolean settable = wanted.toSeconds() >= 1 && wanted.toSeconds() <= 120;
        if (settable) {
            assertThat(settings(wanted).retryAfter()).isEqualTo(wanted);
        } else {
            assertThatThrownBy(() -> settings(wanted)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("120 s");
        }

        Answers answers = Answers.with(wanted);
        for (Answer answer : new Answer[]{answers.draining(), answers.reclaimed(), answers.unreachable(),
            answers.full()}) {
            EmbeddedChannel channel = new EmbeddedChannel();
            WriteBuffer out = new WriteBuffer(channel);
            answer.write(false, out);
            out.flush();
            ByteBuf written = channel.readOutbound();
            String wait = Peer.fields(written.toString(StandardCharsets.US_ASCII), "retry-after").getFirst();
            assertThat(Integer.parseInt(wait)).isBetween(1, 120);
            written.release();
        }
    }

    private static GateSettings settings(Duration retryAfter) {
        return new GateSettings(ANY, ANY, GateSettings.Paths.DEFAULT, GateSettings.Times.DEFAULT,
                GateSettings.Limits.DEFAULT, retryAfter, DoorRules.DEFAULT, GateSettings.Protocol.HTTP1,
                Optional.empty(), Optional.empty());
    }

    @Test
    void pathsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> new GateSettings.Paths(Set.of("/a"), Set.of("/a"), Set.of()))
                .hasMessageContaining("'/a'");
        assertThatThrownBy(() -> new GateSettings.Paths(Set.of("a"), Set.of(), Set.of())).hasMessageContaining("'a'");
        assertThatThrownBy(() -> new GateSettings.Paths(Set.of(), Set.of("/a?b"), Set.of()))
                .hasMessageContaining("query");
    }

    @Test
    void limitsAndTimesThatLeaveNothingAreRefused() {
        assertThatThrownBy(() -> new GateSettings.Limits(0, 1024, 1024, 10, 4096))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GateSettings.Times(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1),
                Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
