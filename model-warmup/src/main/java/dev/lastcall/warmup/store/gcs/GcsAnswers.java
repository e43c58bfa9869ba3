// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.gcs;

import dev.lastcall.warmup.store.RetryAfter;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.wire.ResponseHead;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What each status of Cloud Storage means here, and what to do about it ("HTTP status and error codes for JSON"). */
final class GcsAnswers {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAX_MESSAGE_CHARACTERS = 300;

    private GcsAnswers() {}

    static StoreException explain(String what, ResponseHead head, String body) {
        String message = what + ": " + head.status() + said(body) + ": ";
        return switch (head.status()) {
            case 401 ->
                new StoreException(StoreProblem.EXPIRED, message + "the token is not valid any more; get a new one");
            case 403 -> forbidden(message, head, body);
            case 404, 410 ->
                new StoreException(StoreProblem.MISSING, message + "there is no such bucket, object or generation");
            case 400 -> new StoreException(StoreProblem.REFUSED,
                    message + "the store does not take the request; a requester-pays bucket needs userProject");
            case 412, 416 ->
                new StoreException(StoreProblem.CHANGED, message + "the object was replaced since it was listed");
            case 408 -> new StoreException(StoreProblem.FAULTY, message + "a time-out at the store");
            case 429, 503 -> throttled(message, head);
            default -> new StoreException(head.status() >= 500 ? StoreProblem.FAULTY : StoreProblem.MALFORMED,
                    message + (head.status() >= 500 ? "the store's own fault" : "not an answer to this request"));
        };
    }

    private static StoreException forbidden(String message, ResponseHead head, String body) {
        String reason = reason(body);
        return reason.endsWith("RateLimitExceeded") || reason.equals("rateLimitExceeded")
                ? throttled(message, head)
                : new StoreException(StoreProblem.REFUSED,
                        message + "not allowed; grant roles/storage.objectViewer on the bucket to the service account");
    }

    private static StoreException throttled(String message, ResponseHead head) {
        return new StoreException(StoreProblem.THROTTLED, message + "the store asks for fewer requests",
                RetryAfter.of(head),
                null);
    }

    private static JsonNode error(String body) {
        try {
            return JSON.readTree(body).path("error");
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    private static String reason(String body) {
        return error(body).path("errors").path(0).path("reason").asString("");
    }

    private static String said(String body) {
        String text = error(body).path("message").asString("").replaceAll("\\p{Cntrl}+", " ").strip();
        String cut = text.length() > MAX_MESSAGE_CHARACTERS ? text.substring(0, MAX_MESSAGE_CHARACTERS) + "…" : text;
        return cut.isEmpty() ? "" : " (\"" + cut + "\")";
    }
}
