// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.net.URI;
import java.util.Optional;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.RetryAfter;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.VersionTag;

/** What the answers of a plain HTTP server mean. */
public final class HttpAnswers {

    private HttpAnswers() {}

    /**
     * The meaning of a status that is no success, of what has not been read before.
     *
     * @param asked the address that was asked for
     * @param at where the answer came from, behind all redirects
     */
    public static StoreException failure(String what, URI asked, URI at, ResponseHead head) {
        return failure(what, asked, at, head, false);
    }

    /**
     * The meaning of a status that is no success.
     *
     * @param hasWorked whether the file could be read before: then it is not the credentials that are wrong
     */
    public static StoreException failure(String what, URI asked, URI at, ResponseHead head, boolean hasWorked) {
        Refusal refusal = switch (head.status()) {
            case 401, 403, 407 -> access(asked, at, hasWorked);
            case 404, 410 -> Refusal.NO_OBJECT;
            case 408 -> Refusal.NOT_HEARD;
            case 412, 416 -> Refusal.OTHER_VERSION;
            case 429, 503 -> Refusal.TOO_MANY_REQUESTS;
            default -> head.status() >= 500 ? Refusal.STORE_FAULT : Refusal.ODD_STATUS;
        };
        Failure.Refused failure = new Failure.Refused(StoreFamily.WEB, what, Integer.toString(head.status()), refusal);
        return refusal == Refusal.TOO_MANY_REQUESTS
                ? new StoreException(failure, RetryAfter.of(head))
                : new StoreException(failure);
    }

    private static Refusal access(URI asked, URI at, boolean hasWorked) {
        if (hasWorked) {
            return Refusal.ACCESS_ENDED;
        }
        if (SignedAddress.is(asked)) {
            return Refusal.SIGNED_ADDRESS;
        }
        return SignedAddress.is(at) ? Refusal.SIGNED_REDIRECT : Refusal.ACCESS;
    }

    /** What the {@code ETag} of the answer says; empty where it has none, or one without content. */
    public static Optional<VersionTag> tag(ResponseHead head) {
        return head.field("etag").flatMap(VersionTag::parse);
    }

    /** A strong tag, else the time of modification, else nothing. */
    public static Validator validator(ResponseHead head) {
        return tag(head)
                .filter(tag -> !tag.isWeak())
                .<Validator>map(Validator.Tag::new)
                .or(() -> head.field("last-modified").map(Validator.Modified::new))
                .orElseGet(Validator.None::new);
    }
}
