// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.time.Duration;

import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;

/** What each error code of S3 means here, and what to do about it ("Error responses", Amazon S3 API Reference). */
final class S3Answers {

    private S3Answers() {}

    /**
     * The meaning of an error.
     *
     * @param what the request, naming bucket and key
     * @param retryAfter the store's wish, capped; zero for none
     */
    static StoreException explain(String what, S3Error error, Duration retryAfter) {
        Meaning meaning = meaning(error);
        String said = error.message().isEmpty() ? "" : " (\"" + error.message() + "\")";
        return new StoreException(meaning.problem,
                what + ": " + error.status() + " " + error.code() + said + ": " + meaning.mend,
                meaning.problem == StoreProblem.THROTTLED ? retryAfter : Duration.ZERO, null);
    }

    private record Meaning(StoreProblem problem, String mend) {}

    private static Meaning meaning(S3Error error) {
        return switch (error.code()) {
            case "NoSuchBucket" -> missing("there is no such bucket; check its name and the endpoint");
            case "NoSuchKey", "NotFound" -> missing("there is no such object; check the address");
            case "NoSuchVersion" -> missing("that version of the object is gone");
            case "DeleteMarker" -> missing("the object was deleted; a delete marker stands in its place");
            case "MethodNotAllowed" -> unsupported("the store does not take this kind of request");
            case "AccessDenied", "AllAccessDisabled", "AccountProblem" ->
                refused("not allowed, or the object does not exist and listing is not allowed; grant s3:GetObject on the"
                        + " objects and s3:ListBucket on the bucket (and kms:Decrypt on its key)");
            case "InvalidAccessKeyId" ->
                refused("the store does not know the access key; check which credentials are used");
            case "SignatureDoesNotMatch" ->
                refused("the secret does not fit the access key, or a proxy changes the request; check the credentials");
            case "AuthorizationHeaderMalformed" -> refused("the signature names the wrong region; set region");
            case "RequestTimeTooSkewed" -> refused("this node's clock is wrong; set it");
            case "InvalidToken", "InvalidSecurity" -> refused("the session token is not valid; get new credentials");
            case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired" ->
                new Meaning(StoreProblem.EXPIRED, "the credentials ran out; get new ones");
            case "InvalidObjectState" ->
                refused("the object is archived; restore it or move it to a storage class that can be read at once");
            case "PreconditionFailed" -> changed("the object was replaced since it was listed");
            case "InvalidRange" -> changed("the object is shorter than it was when it was listed");
            case "SlowDown", "ServiceUnavailable", "TooManyRequests", "RequestLimitExceeded", "Throttling",
                    "ThrottlingException", "BandwidthLimitExceeded" ->
                new Meaning(StoreProblem.THROTTLED, "the store asks for fewer requests");
            case "InternalError", "OperationAborted" -> new Meaning(StoreProblem.FAULTY, "the store's own fault");
            case "RequestTimeout", "RequestTimeoutException" ->
                new Meaning(StoreProblem.FAULTY, "the store did not hear all of the request in time");
            case "PermanentRedirect", "TemporaryRedirect", "Redirect" ->
                unsupported("the bucket is elsewhere and the store does not say where; set region or endpoint");
            case "NotImplemented" -> unsupported("the store cannot do this");
            case "PathStyleRequestNotAllowed", "PathStyleDomainForbidden", "SecondLevelDomainForbidden",
                    "VirtualHostStyleRequired" ->
                unsupported("the store takes the bucket in the host's name only; set addressing to virtual-host, and an"
                        + " endpoint that has a name");
            case "InvalidBucketName" -> unsupported("not the name of a bucket; check the address");
            case "UserKeyMustBeSpecified", "InvalidRequest", "InvalidArgument" ->
                unsupported(
                        "the store does not take the request; objects with keys of the customer's own (SSE-C) cannot be read");
            default -> byStatus(error.status());
        };
    }

    private static Meaning byStatus(int status) {
        return switch (status) {
            case 401, 403 -> refused("not allowed; check the credentials and the bucket's policy");
            case 404, 410 -> missing("not there; check the address");
            case 408 -> new Meaning(StoreProblem.FAULTY, "a time-out at the store");
            case 412, 416 -> changed("the object was replaced since it was listed");
            case 429, 503 -> new Meaning(StoreProblem.THROTTLED, "the store asks for fewer requests");
            case 501 -> unsupported("the store cannot do this");
            default -> status >= 500
                    ? new Meaning(StoreProblem.FAULTY, "the store's own fault")
                    : status >= 400
                            ? refused("the store does not take the request")
                            : new Meaning(StoreProblem.MALFORMED, "not an answer to this request");
        };
    }

    private static Meaning missing(String mend) {
        return new Meaning(StoreProblem.MISSING, mend);
    }

    private static Meaning refused(String mend) {
        return new Meaning(StoreProblem.REFUSED, mend);
    }

    private static Meaning changed(String mend) {
        return new Meaning(StoreProblem.CHANGED, mend);
    }

    private static Meaning unsupported(String mend) {
        return new Meaning(StoreProblem.UNSUPPORTED, mend);
    }
}
