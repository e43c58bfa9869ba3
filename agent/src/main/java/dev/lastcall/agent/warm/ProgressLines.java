// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.io.PrintWriter;
import java.time.Duration;

import dev.lastcall.agent.api.Facts;
import dev.lastcall.warmup.WarmupProgress;

/** Progress for a log: a line every few seconds. */
final class ProgressLines implements Display {

    private static final Duration EVERY = Duration.ofSeconds(5);

    private final PrintWriter out;
    private final String model;

    ProgressLines(PrintWriter out, String model) {
        this.out = out;
        this.model = model;
    }

    @Override
    public Duration every() {
        return EVERY;
    }

    @Override
    public void show(WarmupProgress progress, RateMeter rate) {
        if (progress.phase() != WarmupProgress.Phase.FETCHING) {
            out.println(model + ": " + Display.doing(progress.phase()));
            return;
        }
        out.println(model + ": " + percent(progress) + "%, " + Facts.size(progress.bytesDone()) + " of "
                + Facts.size(progress.bytes()) + ", " + Facts.rate(rate.bytesPerSecond()) + ", "
                + rate.remaining(progress.bytes() - progress.bytesDone())
                        .map(left -> Facts.span(left) + " left, ")
                        .orElse("")
                + progress.filesDone() + " of " + progress.files() + " files");
    }

    static int percent(WarmupProgress progress) {
        return progress.bytes() == 0 ? 0 : (int) (progress.bytesDone() * 100 / progress.bytes());
    }

    @Override
    public void end() {
        out.flush();
    }
}
