// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** How a warm-up ended that neither a store nor a disk stopped. */
public enum Ending {
    /** On request. */
    CANCELLED("the warm-up was cancelled", "start it again when it is wanted"),
    /** By the end of the process. */
    INTERRUPTED("it was interrupted", "start it again when it is wanted"),
    /** Two processes, of which this one did not move. */
    TAKEN_OVER("another process took the work on this model over, since this one did not move for long",
            "it goes on there"),
    /** Something else writes into the model's folder. */
    DISTURBED("it was taken away or changed while the model was being warmed",
            "start again, and let nothing else write there"),
    /** A fault of this program. */
    UNFORESEEN("it failed in an unforeseen way, which is a fault of Lastcall",
            "report it with the log (LASTCALL_LOG_LEVEL=debug shows where)");

    private final String what;
    private final String remedy;

    Ending(String what, String remedy) {
        this.what = what;
        this.remedy = remedy;
    }

    String what() {
        return what;
    }

    String remedy() {
        return remedy;
    }
}
