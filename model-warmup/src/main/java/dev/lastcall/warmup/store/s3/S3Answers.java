// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.time.Duration;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.store.StoreException;

/** What each error code of S3 means here, and what to do about it ("Error responses", Amazon S3 API Reference). */
final class S3Answers {

    private S3Answers() {}

    /** AWS's own rule, and that of most others. */
    private static final int MIN_BUCKET_CHARACTERS = 3;

    /**
     * The meaning of an error.
     *
     * @param what the request, naming bucket and key
     * @param retryAfter the store's wish, capped; zero for none
     */
    static StoreException explain(String bucket, String what, S3Error error, Duration retryAfter) {
        Refusal refusal = refusal(error, bucket);
        Failure.Refused failure = new Failure.Refused(StoreFamily.S3, what, error.status() + " " + error.code()
                + (error.message().isEmpty() ? "" : ": \"" + error.message() + "\""), refusal);
        return refusal == Refusal.TOO_MANY_REQUESTS
                ? new StoreException(failure, retryAfter)
                : new StoreException(failure);
    }

    private static Refusal refusal(S3Error error, String bucket) {
        return switch (error.code()) {
            case "NoSuchBucket" -> isShort(bucket) ? Refusal.SHORT_BUCKET_NAME : Refusal.NO_BUCKET;
            case "NoSuchKey", "NotFound" -> Refusal.NO_OBJECT;
            case "NoSuchVersion" -> Refusal.NO_VERSION;
            case "DeleteMarker" -> Refusal.DELETED;
            case "MethodNotAllowed", "NotImplemented" -> Refusal.NO_SUCH_CALL;
            case "AccessDenied", "AllAccessDisabled", "AccountProblem" -> Refusal.NOT_ALLOWED_OR_ABSENT;
            case "InvalidAccessKeyId" -> Refusal.UNKNOWN_KEY;
            case "SignatureDoesNotMatch" -> Refusal.WRONG_SECRET;
            case "AuthorizationHeaderMalformed" -> Refusal.WRONG_REGION;
            case "RequestTimeTooSkewed" -> Refusal.WRONG_CLOCK;
            case "InvalidToken", "InvalidSecurity" -> Refusal.BAD_SESSION;
            case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired" ->
                Refusal.SESSION_ENDED;
            case "InvalidObjectState" -> Refusal.ARCHIVED;
            case "PreconditionFailed" -> Refusal.OTHER_VERSION;
            case "InvalidRange" -> Refusal.SHORTER;
            case "SlowDown", "ServiceUnavailable", "TooManyRequests", "RequestLimitExceeded", "Throttling",
                    "ThrottlingException", "BandwidthLimitExceeded" ->
                Refusal.TOO_MANY_REQUESTS;
            case "InternalError", "OperationAborted" -> Refusal.STORE_FAULT;
            case "RequestTimeout", "RequestTimeoutException" -> Refusal.NOT_HEARD;
            case "PermanentRedirect", "TemporaryRedirect", "Redirect" -> Refusal.BUCKET_ELSEWHERE;
            case "PathStyleRequestNotAllowed", "PathStyleDomainForbidden", "SecondLevelDomainForbidden",
                    "VirtualHostStyleRequired" ->
                Refusal.HOST_STYLE_ONLY;
            case "InvalidBucketName" -> isShort(bucket) ? Refusal.SHORT_BUCKET_NAME : Refusal.BAD_BUCKET_NAME;
            case "UserKeyMustBeSpecified", "InvalidRequest", "InvalidArgument" -> Refusal.CUSTOMER_KEY;
            default -> byStatus(error.status());
        };
    }

    private static boolean isShort(String bucket) {
        return bucket.length() < MIN_BUCKET_CHARACTERS;
    }

    private static Refusal byStatus(int status) {
        return switch (status) {
            case 401, 403 -> Refusal.ACCESS;
            case 404, 410 -> Refusal.NO_OBJECT;
            case 408 -> Refusal.NOT_HEARD;
            case 412, 416 -> Refusal.OTHER_VERSION;
            case 429, 503 -> Refusal.TOO_MANY_REQUESTS;
            case 501 -> Refusal.NO_SUCH_CALL;
            default -> status >= 500
                    ? Refusal.STORE_FAULT
                    : status >= 400 ? Refusal.NOT_TAKEN : Refusal.ODD_STATUS;
        };
    }
}
