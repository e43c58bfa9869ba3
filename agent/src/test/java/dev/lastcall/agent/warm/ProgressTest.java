// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.cli.TerminalScreen;
import dev.lastcall.warmup.WarmupProgress;
import dev.lastcall.warmup.WarmupProgress.Phase;
import dev.lastcall.warmup.fetch.FetchProgress.FileProgress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Progress as a terminal and a log show it. */
class ProgressTest {

    private static final long GIB = 1L << 30;
    private static final String SHARD = "a-folder-with-a-long-name/model-00001-of-00030.safetensors";

    private final StringWriter written = new StringWriter();
    private final PrintWriter out = new PrintWriter(written, true);

    private static WarmupProgress fetching(long done) {
        return new WarmupProgress(Phase.FETCHING, 30, 3, 16 * GIB, done, 64,
                List.of(new FileProgress(SHARD, GIB / 2, GIB), new FileProgress("évil\u001b[2J.bin", 0, 100),
                        new FileProgress("empty", 0, 0)));
    }

    private static RateMeter gibEachSecond() {
        RateMeter rate = new RateMeter();
        rate.note(0, 0);
        rate.note(Duration.ofSeconds(1).toNanos(), GIB);
        return rate;
    }

    private ProgressBar bar(int columns, boolean colour) {
        return new ProgressBar(out, "llama-3-70b-instruct", new TerminalScreen(24, columns, colour));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 32, 40, 60, 80, 132, 300})
    void noLineIsWiderThanTheTerminalAndNoColourMeansNone(int columns) {
        List<String> plain = bar(columns, false).lines(fetching(4 * GIB), gibEachSecond());

        assertThat(plain).allSatisfy(line -> assertThat(line).hasSizeLessThan(columns).doesNotContain("\u001b"));
        assertThat(plain.getFirst()).startsWith(" 25%");
        assertThat(bar(columns, true).lines(fetching(4 * GIB), gibEachSecond())
                .stream()
                .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "")))
                .containsExactlyElementsOf(plain);
    }

    @Test
    void aWideTerminalHasEverythingAndAShortOneFewerFiles() {
        List<String> lines = bar(132, false).lines(fetching(4 * GIB), gibEachSecond());

        assertThat(lines.getFirst()).contains("4.0 GiB of 16.0 GiB", "1.0 GiB/s", "12s left", "3/30 files",
                "64 connections");
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1)).contains(SHARD.substring(SHARD.length() - 43), " 50% [###", "...] 1.0 GiB");
        assertThat(new ProgressBar(out, "m", new TerminalScreen(4, 80, false)).lines(fetching(0), gibEachSecond()))
                .hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(value = Phase.class, names = "FETCHING", mode = EnumSource.Mode.EXCLUDE)
    void whatIsDoneWhileNoBytesComeFitsIntoANarrowTerminal(Phase phase) {
        WarmupProgress progress = new WarmupProgress(phase, 0, 0, 0, 0, 0, List.of());

        assertThat(bar(20, false).lines(progress, new RateMeter())).singleElement()
                .satisfies(line -> assertThat(line).hasSizeLessThan(20).startsWith("llama-3"));
    }

    @Test
    void whereNothingIsKnownOfTheRateNoneIsSaid() {
        RateMeter one = new RateMeter();
        one.note(0, 0);

        new ProgressLines(out, "llama").show(fetching(0), one);

        assertThat(written.toString()).isEqualTo("llama: 0%, 0 B of 16.0 GiB, 3 of 30 files\n");
        assertThat(bar(132, false).lines(fetching(0), one).getFirst()).doesNotContain("/s");
    }

    @Test
    void aStalledFetchIsReportedAsStalled() {
        RateMeter still = new RateMeter();
        still.note(0, GIB);
        still.note(Duration.ofSeconds(5).toNanos(), GIB);

        new ProgressLines(out, "llama").show(fetching(GIB), still);

        assertThat(written.toString()).isEqualTo("llama: 6%, 1.0 GiB of 16.0 GiB, 0 B/s, 3 of 30 files\n");
    }
}
