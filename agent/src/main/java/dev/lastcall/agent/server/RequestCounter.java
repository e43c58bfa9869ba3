// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

/** Counts a server's requests. Thread-safe; does not block. */
@FunctionalInterface
public interface RequestCounter {

    /** The totals now. */
    Totals totals();

    /** Nothing is counted: the server has no gate. */
    RequestCounter NONE = () -> Totals.UNKNOWN;

    /**
     * Running totals since the counter began. Each only grows.
     *
     * @param admitted requests let in
     * @param completed requests whose response was wholly written to the client
     * @param refused requests turned away because the door was closed
     * @param cut requests ended by us before they were complete
     * @param lost requests whose client got a broken answer, and not by a cut
     * @param late of these, the requests that came after a notice, before the door was closed
     */
    record Totals(long admitted, long completed, long refused, long cut, long lost, Late late) {

        /** Where no request comes after a notice. */
        public Totals(long admitted, long completed, long refused, long cut, long lost) {
            this(admitted, completed, refused, cut, lost, Late.NONE);
        }

        /** The value of a total that is not counted. */
        public static final long UNKNOWN_COUNT = -1;

        /** Nothing is counted. */
        public static final Totals UNKNOWN = new Totals(UNKNOWN_COUNT, UNKNOWN_COUNT, UNKNOWN_COUNT, UNKNOWN_COUNT,
                UNKNOWN_COUNT);

        /** Whether these are counts. */
        public boolean isKnown() {
            return admitted >= 0;
        }

        /** What was counted since {@code earlier}; unknown where either is. */
        public Totals since(Totals earlier) {
            if (!isKnown() || !earlier.isKnown()) {
                return UNKNOWN;
            }
            return new Totals(admitted - earlier.admitted, completed - earlier.completed, refused - earlier.refused,
                    cut - earlier.cut, lost - earlier.lost, late.since(earlier.late));
        }
    }

    /**
     * Running totals of the requests that came after a notice, before the door was closed.
     *
     * @param admitted requests let in
     * @param completed whole answers to them
     * @param cut those of them that were cut
     * @param lost those of them whose client got a broken answer, and not by a cut
     */
    record Late(long admitted, long completed, long cut, long lost) {

        /** There were none. */
        public static final Late NONE = new Late(0, 0, 0, 0);

        private Late since(Late earlier) {
            return new Late(admitted - earlier.admitted, completed - earlier.completed, cut - earlier.cut,
                    lost - earlier.lost);
        }
    }
}
