// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.util.List;

/** What one look at a source gave. */
public sealed interface Observation {

    /**
     * The source answered and these are all the notices it has now; one that it had before and that is not among them is
     * absent.
     *
     * @param notices at least one
     */
    record Present(List<Notice> notices) implements Observation {
        public Present {
            notices = List.copyOf(notices);
            if (notices.isEmpty()) {
                throw new IllegalArgumentException("present without a notice is absent");
            }
        }
    }

    /** A definite no. */
    record Absent() implements Observation {}

    /**
     * The look failed; nothing follows from it but that the source was blind.
     *
     * @param problem why
     */
    record Unknown(MetadataProblem problem) implements Observation {}

    /** A definite no. */
    Observation ABSENT = new Absent();

    /** {@link Present} of these, or {@link #ABSENT} where there are none. */
    static Observation of(List<Notice> notices) {
        return notices.isEmpty() ? ABSENT : new Present(notices);
    }
}
