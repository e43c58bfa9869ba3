// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import static dev.lastcall.warmup.failure.StoreProblem.CHANGED;
import static dev.lastcall.warmup.failure.StoreProblem.EXPIRED;
import static dev.lastcall.warmup.failure.StoreProblem.FAULTY;
import static dev.lastcall.warmup.failure.StoreProblem.MALFORMED;
import static dev.lastcall.warmup.failure.StoreProblem.MISSING;
import static dev.lastcall.warmup.failure.StoreProblem.REFUSED;
import static dev.lastcall.warmup.failure.StoreProblem.THROTTLED;
import static dev.lastcall.warmup.failure.StoreProblem.UNSUPPORTED;

/** What a status that is no success means, whatever numbers and codes a store has for it. */
public enum Refusal {
    /** Who asks may not. */
    ACCESS(REFUSED, "access refused", Advice::access),
    /** An address that carries a signature was refused. */
    SIGNED_ADDRESS(REFUSED, "access refused",
            "the signature in the address may have ended, or be for something else: get a"
                    + " new signed address"),
    /** Where the address leads to, a signature was refused. */
    SIGNED_REDIRECT(REFUSED, "access refused where it redirects to",
            "the signature that the first server gave may have ended, or be"
                    + " for something else: look at that server and at this node's clock"),
    /** The hub's address of a file, and the next ones too. */
    FILE_ADDRESS_REFUSED(REFUSED, "the address that the hub gave is refused, and so are the next ones",
            "look at this node's clock, and at what is between it and the hub's cache"),
    /** It could be read before. */
    ACCESS_ENDED(REFUSED, "access refused in the middle, and by the address that was given too",
            "a signed address has ended,"
                    + " or the right was taken away: get a new address, and start again"),
    /** It could be read before, at an address that the store had pointed to. */
    REDIRECT_ENDED(EXPIRED, "access refused in the middle", "the address that was given is asked again"),
    /** As it says. */
    NO_OBJECT(MISSING, "no such object", "check the address"),
    /** As it says. */
    NO_BUCKET(MISSING, "there is no such bucket", "check its name and the endpoint"),
    /** As it says. */
    NO_VERSION(MISSING, "that version of the object is gone", "start again"),
    /** S3's mark of what was deleted. */
    DELETED(MISSING, "the object was deleted: a delete marker is in its place",
            "upload it again, or leave it out with exclude"),
    /** Another than was listed. */
    OTHER_VERSION(CHANGED, "the object changed since it was listed", ""),
    /** Another than was listed. */
    SHORTER(CHANGED, "the object is shorter than it was when it was listed", ""),
    /** As it says. */
    TOO_MANY_REQUESTS(THROTTLED, "the store asks for fewer requests", ""),
    /** As it says. */
    HUB_LIMIT(THROTTLED, "too many requests to the hub", "give HF_TOKEN: a token raises what is allowed"),
    /** It said when to come back. */
    LEFT_ALONE(THROTTLED, "the hub asked to be left alone", ""),
    /** As it says. */
    NOT_HEARD(FAULTY, "the store did not hear all of the request in time", ""),
    /** As it says. */
    STORE_FAULT(FAULTY, "the store's own fault", "look at the store if it stays"),
    /** No status for such a request. */
    ODD_STATUS(MALFORMED, "not an answer to this request", "check the address, and what else may answer there"),
    /** S3 says the same of both. */
    NOT_ALLOWED_OR_ABSENT(REFUSED, "not allowed, or the object does not exist and listing is not allowed",
            "grant s3:GetObject on the objects and s3:ListBucket on the bucket (and kms:Decrypt on its key)"),
    /** As it says. */
    UNKNOWN_KEY(REFUSED, "the store does not know the access key", "check which credentials are used"),
    /** As it says. */
    WRONG_SECRET(REFUSED, "the secret does not fit the access key, or a proxy changes the request",
            "check the credentials"),
    /** As it says. */
    WRONG_REGION(REFUSED, "the signature names the wrong region", "set region to the bucket's own"),
    /** As it says. */
    WRONG_CLOCK(REFUSED, "this node's clock is wrong", "set it"),
    /** As it says. */
    BAD_SESSION(REFUSED, "the session token is not valid", "get new credentials"),
    /** As it says. */
    SESSION_ENDED(EXPIRED, "the credentials ran out", "get new ones"),
    /** The same request will be made otherwise. */
    ASKED_OTHERWISE(EXPIRED, "the store corrects the request", "it is asked again"),
    /** As it says. */
    ARCHIVED(REFUSED, "the object is archived", "restore it, or move it to a storage class that can be read at once"),
    /** As it says. */
    BUCKET_ELSEWHERE(UNSUPPORTED, "the bucket is elsewhere and the store does not say where", "set region or endpoint"),
    /** As it says. */
    NO_SUCH_CALL(UNSUPPORTED, "the store does not take this kind of request", Advice::call),
    /** As it says. */
    HOST_STYLE_ONLY(UNSUPPORTED, "the store takes the bucket in the host's name only",
            "set addressing to virtual-host, and an endpoint that has a name"),
    /** As it says. */
    BAD_BUCKET_NAME(UNSUPPORTED, "not the name of a bucket", "check the address"),
    /** As it says. */
    SHORT_BUCKET_NAME(MISSING, "there is no such bucket, and its name is too short for one",
            "names of buckets have 3 characters or more: check the"
                    + " address"),
    /** S3 says so of objects that need a key of the customer's. */
    CUSTOMER_KEY(UNSUPPORTED, "the store does not take the request",
            "objects with keys of the customer's own (SSE-C) cannot be read: store them without"),
    /** As it says. */
    NOT_TAKEN(REFUSED, "the store does not take the request", Advice::notTaken),
    /** Google's, and there is another. */
    TOKEN_ENDED(EXPIRED, "the token is not valid any more", "get a new one"),
    /** Google's, and there is no other. */
    TOKEN_REFUSED(REFUSED, "the token is not valid any more, and there is no other", "check the credentials"),
    /** Google says the same of all three. */
    NO_BUCKET_OR_OBJECT(MISSING, "there is no such bucket, object or generation", "check the address"),
    /** The hub's. */
    GATED(REFUSED, "the model is gated", "ask for access on its page, and give HF_TOKEN of an account that has it"),
    /** The hub's. */
    NO_MODEL(MISSING, "there is no such model, or it is private", "check its name and HF_TOKEN"),
    /** The hub's. */
    NO_REVISION(MISSING, "the model has no such revision", "name one that it has behind @"),
    /** The hub's. */
    NO_FILE(MISSING, "the revision has no such file", "start again"),
    /** The hub's. */
    DISABLED(REFUSED, "the hub has disabled the model", "look at its page"),
    /** The hub's. */
    TOKEN_OR_MODEL(REFUSED, "the hub does not accept the token, or there is no such model", "check HF_TOKEN"),
    /** Some server's in place of the hub. */
    NO_CALL_OR_MODEL(UNSUPPORTED, "not there, or this server lacks the call",
            "check its address, and the name of the model"),
    /** The hub's address of a file, which lives for minutes. */
    FILE_ADDRESS_ENDED(EXPIRED, "the address ran out", "the hub is asked for another"),
    /** The hub's address of a file. */
    FILE_ELSEWHERE(EXPIRED, "it lies elsewhere", "it is asked for there");

    private final StoreProblem problem;
    private final String what;
    @SuppressWarnings("ImmutableEnumChecker") // text that depends on the family alone
    private final Remedy remedy;

    Refusal(StoreProblem problem, String what, String remedy) {
        this(problem, what, family -> remedy);
    }

    Refusal(StoreProblem problem, String what, Remedy remedy) {
        this.problem = problem;
        this.what = what;
        this.remedy = remedy;
    }

    StoreProblem problem() {
        return problem;
    }

    String what() {
        return what;
    }

    String remedy(StoreFamily family) {
        return remedy.at(family);
    }
}
