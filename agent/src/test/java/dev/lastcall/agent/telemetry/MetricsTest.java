// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.lastcall.agent.Golden;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeKind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MetricsTest {

    @Test
    void thePageIsTheAgreedOne() throws IOException {
        Metrics metrics = new Metrics("1.2.3");
        metrics.deadline(() -> 98.5);
        metrics.source("aws-spot", () -> 0.75, kind -> kind == MetadataProblem.Kind.TIMEOUT ? 1 : 0);
        metrics.noticed("aws-spot", NoticeKind.SPOT_INTERRUPTION);
        metrics.server("llama", new ServerReadings(() -> false, () -> 7, () -> 1200,
                Map.of("draining", () -> 3, "malformed", () -> 1), () -> 2, () -> 0));
        metrics.drained("drained", Duration.ofMillis(41_250));
        metrics.apiRefused(ApiRefusal.TOO_LARGE);
        metrics.started(Instant.ofEpochSecond(1_795_000_000));
        metrics.isProtected(() -> false);
        metrics.conditionRaised("server-down", "critical", "llama");
        metrics.conditionRaised("source-blind", "warning", "aws-spot");
        metrics.conditionCleared("source-blind", "warning", "aws-spot");
        metrics.kubernetesCalls("patch", "ok", () -> 3);
        metrics.model("llama-3", () -> true, () -> 4096, () -> 2048);
        metrics.cache(() -> 4096);
        metrics.evictions(() -> 1, () -> 1024);
        metrics.warmed("llama-3", "warm", Duration.ofSeconds(12));
        metrics.fetched("llama-3", 4100, 5, 2);
        metrics.internalFault("source-aws-spot");

        String page = metrics.scrape().replace("java=\"" + Runtime.version() + "\"", "java=\"25\"");

        Golden.check("metrics.txt", page);
    }

    @Test
    void aCountIsReadAtEachScrape() {
        Metrics metrics = new Metrics("1");
        AtomicLong admitted = new AtomicLong(1);
        metrics.server("llama",
                new ServerReadings(() -> true, () -> Double.NaN, admitted::get, Map.of(), () -> 0, () -> 0));
        assertThat(metrics.scrape()).contains("lastcall_requests_admitted_total{server=\"llama\"} 1.0\n");

        admitted.set(5);
        System.gc();

        assertThat(metrics.scrape()).contains("lastcall_requests_admitted_total{server=\"llama\"} 5.0\n");
    }
}
