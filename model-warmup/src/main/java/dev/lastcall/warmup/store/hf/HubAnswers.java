// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.Said;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.RetryAfter;
import dev.lastcall.warmup.store.StoreException;

/** What the hub's answers mean here, and what to do about it ("Rate limits" and the hub's {@code X-Error-Code} header). */
final class HubAnswers {

    /** The hub counts in windows of five minutes: no wait needs to be longer. */
    static final Duration WINDOW = Duration.ofMinutes(5);

    private static final Pattern RESET = Pattern.compile(".*;\\s*t=(\\d{1,6})(?:\\D.*)?");

    private HubAnswers() {}

    static StoreException explain(String what, ResponseHead head) {
        String code = head.field("x-error-code").orElse("");
        String message = head.field("x-error-message").map(Said::plain).orElse("");
        String said = head.status() + (code.isEmpty() ? "" : " " + code)
                + (message.isEmpty() ? "" : ": \"" + message + "\"");
        Refusal refusal = switch (code) {
            case "GatedRepo" -> Refusal.GATED;
            case "RepoNotFound" -> Refusal.NO_MODEL;
            case "RevisionNotFound" -> Refusal.NO_REVISION;
            case "EntryNotFound" -> Refusal.NO_FILE;
            case "DisabledRepo" -> Refusal.DISABLED;
            default -> byStatus(head.status());
        };
        Failure.Refused failure = new Failure.Refused(StoreFamily.HUB, what, said, refusal);
        return switch (head.status()) {
            case 429 -> new StoreException(failure, pause(head));
            case 503 -> new StoreException(failure, RetryAfter.of(head));
            default -> new StoreException(failure);
        };
    }

    private static Refusal byStatus(int status) {
        return switch (status) {
            case 401 -> Refusal.TOKEN_OR_MODEL;
            case 403 -> Refusal.ACCESS;
            // The hub itself names what is missing.
            case 404, 410 -> Refusal.NO_CALL_OR_MODEL;
            case 405, 501 -> Refusal.NO_SUCH_CALL;
            case 412, 416 -> Refusal.OTHER_VERSION;
            case 429 -> Refusal.HUB_LIMIT;
            case 503 -> Refusal.TOO_MANY_REQUESTS;
            default -> status >= 500 ? Refusal.STORE_FAULT : Refusal.ODD_STATUS;
        };
    }

    /** Until the window ends: {@code RateLimit: "resolvers";r=0;t=40}, else {@code Retry-After}. */
    static Duration pause(ResponseHead head) {
        for (String value : head.all("ratelimit")) {
            Matcher reset = RESET.matcher(value);
            if (reset.matches()) {
                Duration wish = Duration.ofSeconds(Long.parseLong(reset.group(1)));
                return wish.compareTo(WINDOW) > 0 ? WINDOW : wish;
            }
        }
        return RetryAfter.of(head);
    }
}
