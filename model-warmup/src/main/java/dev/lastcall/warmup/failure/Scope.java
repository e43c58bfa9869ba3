// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/**
 * Whether a failure is of one file alone, so that the other files of a model may go on: the only place that decides. What
 * says something of the store, of who asks, of the listing or of the disk stops all of them.
 */
final class Scope {

    private Scope() {}

    static boolean isOfOneFile(Failure failure) {
        return switch (failure) {
            case Failure.Refused refused -> isOfOneFile(refused.refusal());
            case Failure.BadAnswer answer -> isOfOneFile(answer.fault());
            // A body that always ends at the same byte; what does not answer at all, or cannot be trusted, is the host.
            case Failure.NoAnswer silence -> silence.problem() == StoreProblem.SHORT;
            case Failure.NotRead read -> read.cause().fault() == DiskFault.DENIED;
            case Failure.BadModel model -> isOfOneFile(model.fault());
            case Failure.Within within -> isOfOneFile(within.cause());
            case Failure.NoCredentials _,Failure.BadAuthorities _,Failure.BadAddress _ -> false; // who asks
            case Failure.OnDisk _,Failure.WhileWriting _,Failure.BadCache _,Failure.NoRoom _ -> false; // the disk
            case Failure.Restless _,Failure.Ended _ -> false; // the whole fetch
        };
    }

    private static boolean isOfOneFile(Refusal refusal) {
        return switch (refusal) {
            case ACCESS, SIGNED_REDIRECT, FILE_ADDRESS_REFUSED, REDIRECT_ENDED, NOT_HEARD, STORE_FAULT, ODD_STATUS,
                    NOT_ALLOWED_OR_ABSENT, ASKED_OTHERWISE, ARCHIVED, CUSTOMER_KEY, NOT_TAKEN, FILE_ADDRESS_ENDED,
                    FILE_ELSEWHERE ->
                true;
            case SIGNED_ADDRESS, ACCESS_ENDED, UNKNOWN_KEY, WRONG_SECRET, WRONG_REGION, WRONG_CLOCK, BAD_SESSION,
                    SESSION_ENDED, TOKEN_ENDED, TOKEN_REFUSED, GATED, DISABLED, TOKEN_OR_MODEL ->
                false; // who asks
            case TOO_MANY_REQUESTS, HUB_LIMIT, LEFT_ALONE, NO_SUCH_CALL, HOST_STYLE_ONLY -> false; // the store
            case NO_OBJECT, NO_BUCKET, NO_VERSION, DELETED, OTHER_VERSION, SHORTER, BUCKET_ELSEWHERE, BAD_BUCKET_NAME,
                    SHORT_BUCKET_NAME, NO_BUCKET_OR_OBJECT, NO_MODEL, NO_REVISION, NO_FILE, NO_CALL_OR_MODEL ->
                false; // the listing
        };
    }

    private static boolean isOfOneFile(AnswerFault fault) {
        return switch (fault) {
            case ENCODED, STORED_ENCODED, NO_FIRST_BYTE, NO_CONTENT_RANGE, EARLY, TOO_LONG, CONTRADICTION, OTHER_RANGE,
                    NO_RANGES, RANGE_DROPPED, NO_SIZE, ENDLESS, MANY_REDIRECTS, REDIRECT_NOWHERE, REDIRECT_ODD,
                    REDIRECT_PORT, REDIRECT_UNSAFE, REDIRECT_INSIDE, NO_USABLE_SIZE, ODD_REQUEST ->
                true;
            case GROWN, OTHER_TIME, OTHER_TAG, OTHER_SIZE, OTHER_COMMIT -> false; // the listing does not hold
            case NOT_SUMS, TWO_DIGESTS, TOO_MANY_SUMS, SUMS_NO_TEXT, NO_SUMS, KEYS_OUTSIDE, PAGE_REPEATED, TOO_LARGE,
                    NO_LISTING, NOT_THE_INTERFACE, NO_COMMIT, NO_TREE, NO_WAY_TO_LIST, HUB_ELSEWHERE, HUB_POINTS_ON,
                    API_ELSEWHERE ->
                false; // there is no listing
        };
    }

    private static boolean isOfOneFile(ModelFault fault) {
        return switch (fault) {
            case CORRUPT, SHORTER_THAN_LISTED -> true;
            case NOTHING_THERE, NOTHING_LEFT, NO_FILES, TOO_MANY, NO_USABLE_NAME, LINK_TO_NOTHING, LINK_OUT,
                    LINK_CIRCLE,
                    GONE, CHANGED_WHILE_READ, CHANGED_WHILE_FETCHED, FILES_CHANGED, NO_DIGEST, NOT_LOADABLE ->
                false;
        };
    }
}
