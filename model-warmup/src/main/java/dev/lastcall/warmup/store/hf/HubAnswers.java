// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.store.RetryAfter;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.wire.ResponseHead;

/** What the hub's answers mean here, and what to do about it ("Rate limits" and the hub's {@code X-Error-Code} header). */
final class HubAnswers {

    /** The hub counts in windows of five minutes: no wait needs to be longer. */
    static final Duration WINDOW = Duration.ofMinutes(5);

    private static final Pattern RESET = Pattern.compile(".*;\\s*t=(\\d{1,6})(?:\\D.*)?");

    private HubAnswers() {}

    static StoreException explain(String what, ResponseHead head) {
        String code = head.field("x-error-code").orElse("");
        String said = head.field("x-error-message").map(text -> " (\"" + shortened(text) + "\")").orElse("");
        String message = what + ": " + head.status() + " " + code + said + ": ";
        return switch (code) {
            case "GatedRepo" -> refused(message
                    + "the model is gated; ask for access on its page, and give HF_TOKEN of an account that has it");
            case "RepoNotFound" ->
                missing(message + "there is no such model, or it is private; check its name and HF_TOKEN");
            case "RevisionNotFound" -> missing(message + "the model has no such revision");
            case "EntryNotFound" -> missing(message + "the revision has no such file");
            case "DisabledRepo" -> refused(message + "the hub has disabled the model");
            default -> byStatus(message, head);
        };
    }

    private static StoreException byStatus(String message, ResponseHead head) {
        return switch (head.status()) {
            case 401 ->
                refused(message + "the hub does not accept the token, or there is no such model; check HF_TOKEN");
            case 403 -> refused(message + "not allowed; check what the token may do");
            // The hub itself names what is missing.
            case 404, 410 -> new StoreException(StoreProblem.UNSUPPORTED, message
                    + "not there, or this server lacks the call; check its address, and the name of the model");
            case 405, 501 -> new StoreException(StoreProblem.UNSUPPORTED, message + "this server lacks the call");
            case 412, 416 -> new StoreException(StoreProblem.CHANGED, message + "not the file that was listed");
            case 429 -> new StoreException(StoreProblem.THROTTLED,
                    message + "too many requests to the hub; a token raises what is allowed", pause(head), null);
            case 503 -> new StoreException(StoreProblem.THROTTLED, message + "the hub asks for fewer requests",
                    RetryAfter.of(head), null);
            default -> new StoreException(head.status() >= 500 ? StoreProblem.FAULTY : StoreProblem.MALFORMED,
                    message + (head.status() >= 500 ? "the hub's own fault" : "not an answer to this request"));
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

    private static String shortened(String text) {
        String line = text.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() > 300 ? line.substring(0, 300) + "…" : line;
    }

    private static StoreException refused(String message) {
        return new StoreException(StoreProblem.REFUSED, message);
    }

    private static StoreException missing(String message) {
        return new StoreException(StoreProblem.MISSING, message);
    }
}
