// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.gcs;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.Said;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.RetryAfter;
import dev.lastcall.warmup.store.StoreException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What each status of Cloud Storage means here, and what to do about it ("HTTP status and error codes for JSON"). */
final class GcsAnswers {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private GcsAnswers() {}

    /** What the answer means; a token that was refused may be replaced. */
    static StoreException explain(String what, ResponseHead head, String body) {
        return explain(what, head, body, Refusal.TOKEN_ENDED);
    }

    /** What the answer means where there is no other token. */
    static StoreException lasting(String what, ResponseHead head, String body) {
        return explain(what, head, body, Refusal.TOKEN_REFUSED);
    }

    private static StoreException explain(String what, ResponseHead head, String body, Refusal token) {
        Refusal refusal = switch (head.status()) {
            case 401 -> token;
            case 403 -> isThrottled(body) ? Refusal.TOO_MANY_REQUESTS : Refusal.ACCESS;
            case 404, 410 ->
                said(body).contains("bucket does not exist") ? Refusal.NO_BUCKET : Refusal.NO_BUCKET_OR_OBJECT;
            case 400 -> Refusal.NOT_TAKEN;
            case 412, 416 -> Refusal.OTHER_VERSION;
            case 408 -> Refusal.NOT_HEARD;
            case 429, 503 -> Refusal.TOO_MANY_REQUESTS;
            default -> head.status() >= 500 ? Refusal.STORE_FAULT : Refusal.ODD_STATUS;
        };
        String said = said(body);
        Failure.Refused failure = new Failure.Refused(StoreFamily.GCS, what,
                head.status() + (said.isEmpty() ? "" : ": \"" + said + "\""), refusal);
        return refusal == Refusal.TOO_MANY_REQUESTS
                ? new StoreException(failure, RetryAfter.of(head))
                : new StoreException(failure);
    }

    private static boolean isThrottled(String body) {
        String reason = reason(body);
        return reason.endsWith("RateLimitExceeded") || reason.equals("rateLimitExceeded");
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
        return Said.plain(error(body).path("message").asString(""));
    }
}
