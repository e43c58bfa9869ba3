// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TerminalScreenTest {

    @Test
    void sizeIsWhatTheTerminalSays() {
        assertThat(TerminalScreen.of("50 132", Map.of())).isEqualTo(new TerminalScreen(50, 132, true));
        assertThat(TerminalScreen.of("2 3", Map.of())).as("narrower is drawn as if it had 20")
                .isEqualTo(new TerminalScreen(2, 20, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0 0", "24 0", "stty: no terminal", "99999 1"})
    void whereItSaysNothingTheUsualSizeIsTaken(String stty) {
        assertThat(TerminalScreen.of(stty, Map.of())).isEqualTo(new TerminalScreen(24, 80, true));
    }

    @Test
    void colourIsUnwelcomeWhereTheEnvironmentSaysSo() {
        assertThat(TerminalScreen.of("24 80", Map.of("NO_COLOR", "1")).colour()).isFalse();
        assertThat(TerminalScreen.of("24 80", Map.of("NO_COLOR", "")).colour()).as("empty counts as not set").isTrue();
    }
}
