// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.agent.status.view.StatusFormat;
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
        List<String> facts = new ArrayList<>(List.of(percent(progress) + "%",
                StatusFormat.size(progress.bytesDone()) + " of " + StatusFormat.size(progress.bytes())));
        rate.bytesPerSecond().ifPresent(known -> facts.add(StatusFormat.rate(known)));
        rate.remaining(progress.bytes() - progress.bytesDone())
                .ifPresent(left -> facts.add(StatusFormat.span(left) + " left"));
        facts.add(progress.filesDone() + " of " + progress.files() + " files");
        out.println(model + ": " + String.join(", ", facts));
    }

    static int percent(WarmupProgress progress) {
        return progress.bytes() == 0 ? 0 : (int) (progress.bytesDone() * 100 / progress.bytes());
    }

    @Override
    public void end() {
        out.flush();
    }
}
