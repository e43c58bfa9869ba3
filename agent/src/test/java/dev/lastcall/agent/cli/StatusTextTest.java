// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.Golden;
import dev.lastcall.agent.status.view.SampleViews;
import dev.lastcall.agent.status.view.StatusDocument;
import dev.lastcall.agent.status.view.StatusJson;
import dev.lastcall.agent.status.view.StatusView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StatusTextTest {

    @Test
    void textIsTheAgreedOne() throws IOException {
        Golden.check("status-quiet.txt", text(SampleViews.quiet(), false, 100));
        Golden.check("status-reclaimed.txt", text(SampleViews.reclaimed(), false, 100));
        Golden.check("status-reclaimed-colour.txt", text(SampleViews.reclaimed(), true, 100));
        Golden.check("status-overdue.txt", text(SampleViews.overdue(), false, 80));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 100, 160})
    void noLineIsWiderThanTheTerminal(int width) {
        for (StatusView view : List.of(SampleViews.quiet(), SampleViews.reclaimed(), SampleViews.overdue())) {
            assertThat(text(view, false, width).lines())
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
            assertThat(text(view, true, width).replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(text(view, false, width));
        }
    }

    @Test
    void providersTextCannotSteerTheTerminal() {
        assertThat(text(SampleViews.reclaimed(), false, 100)).doesNotContain("\u001b");
    }

    @Test
    void anEmptyAgentReadsWell() {
        StatusView empty = new StatusView("1", Instant.EPOCH, Duration.ZERO, false,
                new StatusView.CloudView("none", "none configured", ""), Map.of(), List.of(),
                List.of(),
                List.of(), null, List.of(), List.of(), List.of());

        assertThat(text(empty, false, 80)).isEqualTo("""
                protected
                version 1 · up 0.0s · cloud none

                No final notice.

                No servers.

                No sources of notices.
                """);
    }

    @Test
    void documentReadsBackWhole() {
        for (StatusView view : List.of(SampleViews.quiet(), SampleViews.reclaimed(), SampleViews.overdue())) {
            assertThat(StatusDocument.read(StatusJson.write(view))).isEqualTo(view);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "\"x\"", "{", "<html>"})
    void otherDocumentsAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> StatusDocument.read(text));
    }

    @Test
    void strangeFieldsAreReadAsEmpty() {
        StatusView view = StatusDocument
                .read("{\"version\":3,\"at\":\"yesterday\",\"servers\":[1,{\"inFlight\":\"x\"}],\"sources\":{},\"new\":[{}]}");

        assertThat(view.servers()).singleElement().satisfies(server -> assertThat(server.inFlight()).isNull());
        assertThat(text(view, false, 80)).contains("No final notice.");
    }

    private static String text(StatusView view, boolean colour, int width) {
        return String.join("\n", new StatusText(colour, width).lines(view)) + "\n";
    }
}
