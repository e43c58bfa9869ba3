// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class StopFlagsTest {

    private static StopNeeds vllm(String... words) {
        return StopFlags.of(ServerKind.VLLM, () -> List.of(words));
    }

    @Test
    void readsTheTimeoutThatVllmWasStartedWith() {
        StopNeeds twenty = StopNeeds.vllm(Duration.ofSeconds(20));
        assertThat(vllm("vllm", "serve", "m", "--shutdown-timeout", "20")).isEqualTo(twenty);
        assertThat(vllm("python3", "-m", "vllm.entrypoints.openai.api_server", "--shutdown-timeout=20"))
                .isEqualTo(twenty);
        assertThat(vllm("vllm", "--shutdown-timeout", "5", "--shutdown-timeout=20")).isEqualTo(twenty);
    }

    @Test
    void isPromptWithoutOneThatCanBeRead() {
        for (List<String> words : List.of(List.<String>of(), List.of("vllm", "serve"), List.of("--shutdown-timeout"),
                List.of("--shutdown-timeout", "-1"), List.of("--shutdown-timeout=x"),
                List.of("--shutdown-timeout", "0"),
                List.of("--shutdown-timeouts", "9"))) {
            assertThat(StopFlags.of(ServerKind.VLLM, () -> words)).as(words.toString()).isEqualTo(StopNeeds.PROMPT);
        }
    }

    @Test
    void believesNoTimeWithoutEnd() {
        assertThat(vllm("--shutdown-timeout", "999999999").grace()).isLessThan(Duration.ofHours(2));
    }

    @Test
    void asksForTheCommandLineOnlyOfKindsWithAFlag() {
        assertThat(StopFlags.of(ServerKind.SGLANG, () -> {
            throw new AssertionError("asked for a command line");
        })).isEqualTo(Kinds.of(ServerKind.SGLANG).stop());
    }
}
