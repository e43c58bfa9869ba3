// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.time.Duration;

import dev.lastcall.warmup.WarmupProgress;

/** Where progress is shown. Not thread-safe. */
sealed interface Display permits ProgressBar, ProgressLines, Display.None {

    /** Time between two looks. */
    Duration every();

    /** Shows the progress. */
    void show(WarmupProgress progress, RateMeter rate);

    /** Leaves the place clean for what is printed next. */
    void end();

    /** Shows nothing. */
    record None() implements Display {
        @Override
        public Duration every() {
            return Duration.ofSeconds(1);
        }

        @Override
        public void show(WarmupProgress progress, RateMeter rate) {
            // A document alone was asked for.
        }

        @Override
        public void end() {
            // Nothing was shown.
        }
    }

    /** What is done where no bytes come yet. */
    static String doing(WarmupProgress.Phase phase) {
        return switch (phase) {
            case LISTING -> "asking the store what there is";
            case WAITING -> "waiting for the right to work on this model, which another process may have";
            case CHECKING -> "looking at what is there already";
            case FETCHING -> "fetching";
            case COMPLETING -> "checking the whole";
            case WARM -> "warm";
            case FAILED -> "ending";
        };
    }
}
