// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import dev.lastcall.warmup.fetch.TransferEvent.Cause;
import dev.lastcall.warmup.fetch.TransferEvent.Checked;
import dev.lastcall.warmup.fetch.TransferEvent.GivenUp;
import dev.lastcall.warmup.fetch.TransferEvent.Joined;
import dev.lastcall.warmup.fetch.TransferEvent.Left;
import dev.lastcall.warmup.fetch.TransferEvent.Named;
import dev.lastcall.warmup.fetch.TransferEvent.Opened;
import dev.lastcall.warmup.fetch.TransferEvent.Reopened;
import dev.lastcall.warmup.fetch.TransferEvent.Voided;
import dev.lastcall.warmup.fetch.TransferState.Abandoned;
import dev.lastcall.warmup.fetch.TransferState.Attempt;
import dev.lastcall.warmup.fetch.TransferState.Failed;
import dev.lastcall.warmup.fetch.TransferState.Final;
import dev.lastcall.warmup.fetch.TransferState.Leaving;
import dev.lastcall.warmup.fetch.TransferState.Planned;
import dev.lastcall.warmup.fetch.TransferState.Published;
import dev.lastcall.warmup.fetch.TransferState.Refetching;
import dev.lastcall.warmup.fetch.TransferState.Transferring;
import dev.lastcall.warmup.fetch.TransferState.Verifying;
import dev.lastcall.warmup.fetch.TransferState.Whole;

/**
 * The transfer of a file as a pure function of state and event. It holds no state and does nothing itself: the thread whose
 * event leads to {@code VERIFYING}, {@code REFETCHING} or {@code FAILED} does what the new state asks for, and no other.
 *
 * <pre>
 *  PLANNED ──opened──▶ TRANSFERRING ──the last worker left, all parts there──▶ VERIFYING ──right──▶ WHOLE ──named──▶ PUBLISHED
 *     │                 ▲    │  ▲                                              ▲       │
 *     └──opened, all parts there───────────────────────────────────────────────┘       │ wrong, for the first time
 *                       │    │void                                                     │
 *                       │    ▼                                                         │
 *                       │  LEAVING ──the last worker left──▶ REFETCHING ◀──────────────┘
 *                       │                                        │  │
 *                       └────────────────reopened────────────────┘  └──reopened, all parts there──▶ VERIFYING
 *
 *  VERIFYING ──wrong once more──▶ FAILED
 *  TRANSFERRING ──void too often──▶ ABANDONED, or FAILED where no worker is on it
 *  TRANSFERRING, LEAVING ──given up──▶ ABANDONED ──the last worker left──▶ FAILED
 *  PLANNED, TRANSFERRING, REFETCHING, VERIFYING, WHOLE ──given up, and no worker is on it──▶ FAILED
 * </pre>
 *
 * <p>An event that is not meant for a state changes nothing; nor does what is said of an attempt that is over.
 */
final class TransferMachine {

    /** A server without ranges that breaks off every time: more attempts would only move more bytes. */
    static final int MAX_BROKEN_STREAMS = 5;

    /** A slow upload shows its object in several states; one that changes all the time is no model. */
    static final int MAX_CHANGES = 4;

    /** Wrong once can be the way here, wrong twice is the store. */
    static final int MAX_CORRUPTIONS = 1;

    private TransferMachine() {}

    /** Takes one event. */
    static TransferState after(TransferState state, TransferEvent event) {
        return switch (state) {
            case Planned planned -> switch (event) {
                case Opened opened -> ready(planned.attempt(), opened.isWhole());
                case GivenUp givenUp -> new Failed(givenUp.why());
                case Joined _,Left _,Voided _,Reopened _,Checked _,Named _ -> planned;
            };
            case Transferring transferring -> transferring(transferring, event);
            case Leaving leaving -> switch (event) {
                case Left _ -> leaving.workers() > 1
                        ? new Leaving(leaving.attempt(), leaving.workers() - 1, leaving.cause(), leaving.seen())
                        : new Refetching(leaving.attempt(), leaving.cause(), leaving.seen());
                case GivenUp givenUp -> new Abandoned(leaving.workers(), givenUp.why());
                case Opened _,Joined _,Voided _,Reopened _,Checked _,Named _ -> leaving;
            };
            case Refetching refetching -> switch (event) {
                case Reopened reopened -> ready(refetching.attempt(), reopened.isWhole());
                case GivenUp givenUp -> new Failed(givenUp.why());
                case Opened _,Joined _,Left _,Voided _,Checked _,Named _ -> refetching;
            };
            case Verifying verifying -> switch (event) {
                case Checked checked -> checked(verifying.attempt(), checked);
                case GivenUp givenUp -> new Failed(givenUp.why());
                case Opened _,Joined _,Left _,Voided _,Reopened _,Named _ -> verifying;
            };
            case Whole whole -> switch (event) {
                case Named _ -> new Published(whole.attempt());
                case GivenUp givenUp -> new Failed(givenUp.why());
                case Opened _,Joined _,Left _,Voided _,Reopened _,Checked _ -> whole;
            };
            case Abandoned abandoned -> event instanceof Left
                    ? abandoned(abandoned.workers() - 1, abandoned.why())
                    : abandoned;
            case Final ended -> ended;
        };
    }

    private static TransferState transferring(Transferring state, TransferEvent event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Joined _ -> new Transferring(attempt, state.workers() + 1);
            case Left _ when state.workers() == 0 -> state;
            case Left left -> state.workers() > 1
                    ? new Transferring(attempt, state.workers() - 1)
                    : ready(attempt, left.isWhole());
            case Voided voided when voided.attempt() != attempt.number() -> state;
            case Voided voided when isSpent(attempt, voided.cause()) -> abandoned(state.workers(), voided.otherwise());
            case Voided voided -> state.workers() > 0
                    ? new Leaving(attempt.next(voided.cause()), state.workers(), voided.cause(), voided.otherwise())
                    : new Refetching(attempt.next(voided.cause()), voided.cause(), voided.otherwise());
            case GivenUp givenUp -> abandoned(state.workers(), givenUp.why());
            case Opened _,Reopened _,Checked _,Named _ -> state;
        };
    }

    /** To be fetched by workers; or to be verified, where there is nothing left to fetch. */
    private static TransferState ready(Attempt attempt, boolean isWhole) {
        return isWhole ? new Verifying(attempt) : new Transferring(attempt, 0);
    }

    private static TransferState checked(Attempt attempt, Checked checked) {
        boolean isRight = switch (checked.proof()) {
            case DIGEST -> true;
            case SIZE -> !attempt.isPromised();
            case WRONG -> false;
        };
        if (isRight) {
            return new Whole(attempt);
        }
        return isSpent(attempt, Cause.CORRUPT)
                ? new Failed(checked.otherwise())
                : new Refetching(attempt.next(Cause.CORRUPT), Cause.CORRUPT, checked.otherwise());
    }

    private static TransferState abandoned(int workers, FetchException why) {
        return workers > 0 ? new Abandoned(workers, why) : new Failed(why);
    }

    /** Whether that may not happen once more. */
    private static boolean isSpent(Attempt attempt, Cause cause) {
        return switch (cause) {
            case CHANGED -> attempt.changes() >= MAX_CHANGES;
            case RANGE_IGNORED -> attempt.isOneStream();
            case STREAM_BROKEN -> attempt.brokenStreams() >= MAX_BROKEN_STREAMS;
            case CORRUPT -> attempt.corruptions() >= MAX_CORRUPTIONS;
        };
    }
}
