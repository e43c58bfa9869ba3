// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

/** What became of one request, as its client saw it on the wire. */
public enum Fate {
    /** The whole answer: as many tokens as were asked for, and its proper end. */
    COMPLETE(Verdict.COMPLETE, "complete"),
    /** 503 with a JSON error and headers that make client libraries try again. */
    REFUSED(Verdict.REFUSED, "refused: 503, try elsewhere"),
    /** The connection was refused: no process listens any more. */
    UNCONNECTED(Verdict.REFUSED, "refused: nothing listens"),
    /** A stream that ended with an error event and without {@code [DONE]}. */
    CUT_STREAM(Verdict.CUT, "cut: error event, no [DONE]"),
    /** Let in, and answered 503 with a JSON error before any of the answer was sent. */
    CUT_UNBEGUN(Verdict.CUT, "cut: 503 before the answer began"),
    /** A half-sent body that was broken off while the cut was going on; its framing shows it. */
    CUT_BODY(Verdict.CUT, "cut: half-sent body broken off"),
    /** The connection ended, or was reset, before an answer began. */
    LOST_UNANSWERED(Verdict.LOST, "lost: connection ended unanswered"),
    /** The answer broke off, and nothing in it says so. */
    LOST_TRUNCATED(Verdict.LOST, "lost: answer broken off"),
    /** The answer looks finished and is not: empty, aborted, or too few tokens. */
    LOST_HOLLOW(Verdict.LOST, "lost: looks finished, is not"),
    /** An error status other than a 503 that client libraries try again. */
    LOST_ERROR(Verdict.LOST, "lost: an error for an answer"),
    /** Nothing came for longer than the bound, with the connection open. */
    LOST_HUNG(Verdict.LOST, "lost: hung");

    private final Verdict verdict;
    private final String label;

    Fate(Verdict verdict, String label) {
        this.verdict = verdict;
        this.label = label;
    }

    /** What it comes down to. */
    public Verdict verdict() {
        return verdict;
    }

    /** As a row of a table names it. */
    public String label() {
        return label;
    }
}
