// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Locale;

import dev.lastcall.warmup.store.FileProblem;

/** What an error of the disk means, and the mend. */
public final class DiskFaults {

    private DiskFaults() {}

    /** Whether there is no room: strerror(3) for ENOSPC and EDQUOT, which is all that Java tells. */
    public static boolean isFull(IOException e) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded");
    }

    /** With the file it happened to. */
    static FetchException explain(IOException e, String name, Path where) {
        if (isFull(e)) {
            return new FetchException(FetchException.Reason.DISK_FULL,
                    name + ": no space left on the device of " + where.getParent()
                            + "; what was fetched is kept, free some space and start again",
                    e);
        }
        String mend = e instanceof AccessDeniedException
                ? "; give the user that runs this the right to write there"
                : "";
        return new FetchException(FetchException.Reason.DISK,
                name + ": writing " + where + " failed: " + FileProblem.said(e) + mend, e);
    }
}
