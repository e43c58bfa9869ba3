// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;

import dev.lastcall.agent.status.view.ModelView;
import dev.lastcall.agent.status.view.StatusFormat;

/**
 * Says what is waited for, once it takes longer than a moment: again when that changes, and sparingly how far it is. Not
 * thread-safe.
 */
final class WaitWords {

    /** Who waits no longer than this needs no words. */
    private static final Duration SILENT = Duration.ofSeconds(1);

    /** A model that is tried again and again changes its state often. */
    private static final Duration CALM = Duration.ofSeconds(10);

    /** Between two lines where only a number has changed. */
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final PrintWriter err;
    private final String model;
    private final long began;
    private Optional<String> saidOf = Optional.empty();
    private long saidAt;

    /**
     * Says nothing yet.
     *
     * @param nanoTime of the monotonic clock, now
     */
    WaitWords(PrintWriter err, String model, long nanoTime) {
        this.err = err;
        this.model = model;
        this.began = nanoTime;
    }

    /** What a model that is not warm waits for. */
    static String of(ModelView view) {
        String far = view.bytes() == 0
                ? ""
                : ", " + StatusFormat.done(view) + " of " + StatusFormat.sizeOf(view) + " are there";
        String again = view.isFailed() ? " and is tried again" : "";
        return "it is " + view.state() + again + far
                + (view.problem().isEmpty() ? "" : ": " + AnsiColors.plain(view.problem()));
    }

    /**
     * Looks whether there is something to say.
     *
     * @param kind what is waited for, without numbers
     * @param words the same with them
     */
    void note(String kind, String words, long nanoTime) {
        Duration pause = saidOf.isEmpty() ? SILENT : saidOf.get().equals(kind) ? AGAIN : CALM;
        if (nanoTime - (saidOf.isEmpty() ? began : saidAt) >= pause.toNanos()) {
            err.println("lastcall: waiting for " + model + ": " + words);
            err.flush();
            saidOf = Optional.of(kind);
            saidAt = nanoTime;
        }
    }
}
