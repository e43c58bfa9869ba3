// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.util.Map;

import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.xml.StrictXml;

/**
 * What S3 says about a request that failed. A HEAD has no body: then the code is taken from a header where the store sends
 * one, else from the status.
 *
 * @param status three digits
 * @param code such as {@code NoSuchKey}; never empty
 * @param message the store's own words, shortened; can be empty
 * @param region the bucket's own, where the store names it; else empty
 * @param endpoint host that the store points to; else empty
 */
record S3Error(int status, String code, String message, String region, String endpoint) {

    private static final int MAX_MESSAGE_CHARACTERS = 300;

    static S3Error of(ResponseHead head, String body) {
        Map<String, String> fields = StrictXml.fields("Error", body);
        String code = fields.getOrDefault("Code", head.field("x-amz-error-code").orElse(""));
        String message = fields.getOrDefault("Message", head.field("x-amz-error-message").orElse(""));
        String region = head.field("x-amz-bucket-region")
                .orElse(fields.getOrDefault("Region", fields.getOrDefault("BucketRegion", "")));
        return new S3Error(head.status(), clean(code.isEmpty() ? byStatus(head) : code), clean(message), region,
                fields.getOrDefault("Endpoint", ""));
    }

    private static String byStatus(ResponseHead head) {
        if (head.field("x-amz-delete-marker").filter("true"::equals).isPresent()) {
            return "DeleteMarker";
        }
        int status = head.status();
        return switch (status) {
            case 301 -> "PermanentRedirect";
            case 307 -> "TemporaryRedirect";
            case 401, 403 -> "AccessDenied";
            case 404 -> "NotFound";
            case 405 -> "MethodNotAllowed";
            case 412 -> "PreconditionFailed";
            case 416 -> "InvalidRange";
            case 429, 503 -> "SlowDown";
            default -> "Status" + status;
        };
    }

    private static String clean(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() > MAX_MESSAGE_CHARACTERS ? line.substring(0, MAX_MESSAGE_CHARACTERS) + "…" : line;
    }
}
