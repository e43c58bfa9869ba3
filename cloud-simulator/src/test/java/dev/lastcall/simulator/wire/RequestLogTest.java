// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestLogTest {

    private static RecordedRequest request(String target) {
        return new RecordedRequest(Duration.ZERO, Instant.EPOCH, 1, "GET", target, Map.of(), "",
                new RecordedRequest.Outcome.Pending());
    }

    @Test
    void oldRequestsAreForgottenAndStillCounted() {
        RequestLog log = new RequestLog(_ -> {});
        for (int i = 0; i < RequestLog.MAX_KEPT + 5; i++) {
            log.add(request("/" + i));
        }

        assertThat(log.count()).isEqualTo(RequestLog.MAX_KEPT + 5);
        assertThat(log.snapshot()).hasSize(RequestLog.MAX_KEPT).first().isEqualTo(request("/5"));
    }

    @Test
    void outcomeIsFilledInAndReported() {
        List<RecordedRequest> reported = new ArrayList<>();
        RequestLog log = new RequestLog(reported::add);
        RequestLog.Entry first = log.add(request("/a?b=c"));
        log.add(request("/b"));
        log.complete(first, new RecordedRequest.Outcome.Answered(404));

        assertThat(log.snapshot()).extracting(RecordedRequest::toString)
                .containsExactly("0s GET /a?b=c 404",
                        "0s GET /b pending");
        assertThat(reported).singleElement().extracting(RecordedRequest::path).isEqualTo("/a");
    }
}
