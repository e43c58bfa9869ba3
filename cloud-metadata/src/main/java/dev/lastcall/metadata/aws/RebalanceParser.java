// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;

/**
 * Reads {@code events/recommendations/rebalance}: {@code {"noticeTime": "2020-10-27T08:22:00Z"}} ("EC2 instance rebalance
 * recommendations", EC2 User Guide). The time is when the risk was seen, not when anything will happen.
 */
final class RebalanceParser {

    private RebalanceParser() {}

    /** When the recommendation was made, as it is written. */
    static String parse(String body) throws MalformedAnswerException {
        return JsonBody.text(JsonBody.object(body), "noticeTime")
                .orElseThrow(() -> new MalformedAnswerException("an object without noticeTime"));
    }
}
