// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import dev.lastcall.warmup.wire.ResponseHead;

/** What the answers of a plain HTTP server mean. */
final class HttpAnswers {

    private static final Pattern SHA256 = Pattern.compile("(?i)(?:^|,)\\s*sha-256=:?([A-Za-z0-9+/]{43}=):?");

    private HttpAnswers() {}

    /** The meaning of a status that is no success. */
    static StoreException failure(String what, ResponseHead head) {
        String message = what + ": " + head.status();
        return switch (head.status()) {
            case 401, 403, 407 -> new StoreException(StoreProblem.REFUSED,
                    message + ", access refused; check the credentials for this address");
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

    /** {@code Repr-Digest} (RFC 9530) and {@code Digest} (RFC 3230), both of the whole representation. */
    static List<Digest> digests(ResponseHead head) {
        List<Digest> digests = new ArrayList<>();
        for (String name : List.of("repr-digest", "digest")) {
            for (String value : head.all(name)) {
                Matcher matcher = SHA256.matcher(value);
                if (digests.isEmpty() && matcher.find()) {
                    digests.add(Digest.ofBase64(DigestKind.SHA256, matcher.group(1)));
                }
            }
        }
        return digests;
    }
}
