// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

import dev.lastcall.agent.status.view.ModelView;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WaitWordsTest {

    private final StringWriter written = new StringWriter();
    private final WaitWords words = new WaitWords(new PrintWriter(written, true), "llama", 0);

    private long lines() {
        return written.toString().lines().count();
    }

    private void at(double seconds, String kind, String text) {
        words.note(kind, text, (long) (seconds * Duration.ofSeconds(1).toNanos()));
    }

    @Test
    void aMomentNeedsNoWords() {
        at(0, "no agent", "no agent answers");
        at(0.9, "no agent", "no agent answers");

        assertThat(written.toString()).isEmpty();
    }

    @Test
    void whatIsWaitedForIsSaidOnceAndAgainWhenItChanges() {
        at(1, "no agent", "no agent answers");
        at(20, "no agent", "no agent answers");
        assertThat(written.toString()).isEqualTo("lastcall: waiting for llama: no agent answers\n");

        at(21, "warming", "it is warming, 1% of 16.0 GiB are there");
        at(22, "warming", "it is warming, 2% of 16.0 GiB are there");
        assertThat(written.toString()).endsWith("llama: it is warming, 1% of 16.0 GiB are there\n");
        at(51, "warming", "it is warming, 30% of 16.0 GiB are there");
        assertThat(written.toString()).endsWith("30% of 16.0 GiB are there\n");
        assertThat(lines()).isEqualTo(3);
    }

    @Test
    void aStateThatComesAndGoesIsNotSaidEachTime() {
        for (int second = 1; second <= 60; second++) {
            at(second, second % 2 == 0 ? "warming" : "retrying", "it is one or the other");
        }

        assertThat(lines()).isLessThanOrEqualTo(7);
    }

    @Test
    void howFarItIsAndWhyIsInTheWords() {
        assertThat(WaitWords.of(new ModelView("m", "x", "warming", 4, 1, 200, 50, 1, "", "")))
                .isEqualTo("it is warming, 25% of 200 B are there");
        assertThat(WaitWords.of(new ModelView("m", "x", "retrying", 0, 0, 0, 0, 0, "no route", "")))
                .isEqualTo("it is retrying: no route");
    }
}
