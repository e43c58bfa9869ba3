// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import dev.lastcall.warmup.wire.ResponseHead;

/** What the answers of a plain HTTP server mean. */
final class HttpAnswers {

    private HttpAnswers() {}

    /** The meaning of a status that is no success. */
    static StoreException failure(String what, ResponseHead head) {
        return failure(what, head, false);
    }

    /**
     * The meaning of a status that is no success.
     *
     * @param hasWorked whether the file could be read before: then it is not the credentials that are wrong
     */
    static StoreException failure(String what, ResponseHead head, boolean hasWorked) {
        String message = what + ": " + head.status();
        return switch (head.status()) {
            case 401, 403, 407 -> new StoreException(StoreProblem.REFUSED, message + ", access refused" + (hasWorked
                    ? " in the middle, and by the address that was given too: a signed address has ended, or the right was"
                            + " taken away; get a new address and start again"
                    : "; check the credentials for this address, and where it is a signed one, whether it has ended"));
            case 404, 410 -> new StoreException(StoreProblem.MISSING, message + ", no such object; check the address");
            case 408 -> new StoreException(StoreProblem.FAULTY, message);
            case 412, 416 ->
                new StoreException(StoreProblem.CHANGED, message + ", the object changed since it was listed");
            case 429, 503 -> new StoreException(StoreProblem.THROTTLED, message + ", the store asks for fewer requests",
                    RetryAfter.of(head), null);
            default -> new StoreException(head.status() >= 500 ? StoreProblem.FAULTY : StoreProblem.MALFORMED, message);
        };
    }

    /** A strong tag, else the time of modification, else nothing. */
    static Validator validator(ResponseHead head) {
        return VersionTag.of(head)
                .filter(tag -> !tag.isWeak())
                .<Validator>map(Validator.Tag::new)
                .or(() -> head.field("last-modified").map(Validator.Modified::new))
                .orElseGet(Validator.None::new);
    }
}
