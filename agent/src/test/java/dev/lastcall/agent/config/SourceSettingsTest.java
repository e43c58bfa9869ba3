// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.cloud.SourceSettings;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.generic.FileSettings;
import dev.lastcall.metadata.generic.FixedEndSettings;
import dev.lastcall.metadata.generic.NoticeTimeFormat;
import dev.lastcall.metadata.generic.TimeField;
import dev.lastcall.metadata.generic.UrlSettings;
import dev.lastcall.metadata.http.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

/** Each key is set to something that is not its default, and no two of a section to the same. */
class SourceSettingsTest {

    private static final Duration TIMEOUT = ofMillis(1700);

    @TempDir
    Path directory;

    @Test
    void everyKeyOfAwsArrives() {
        AwsSettings aws = settings("""
                aws:
                  endpoints: ["http://127.0.0.1:8001", "http://[::1]:8002"]
                  poll: 2s
                  onDemandPoll: 11s
                  window: 90s
                  tokenTtl: 3h
                  imdsv1: true
                  rebalance: {drain: true, window: 7m, poll: 6s}
                  scheduledEvents: {lead: 20m, retirementNow: true, poll: 3m}
                  lifecycle: {watch: true, window: 4m, poll: 8s}
                """).aws();

        assertThat(aws).isEqualTo(new AwsSettings(
                List.of(Endpoint.http("127.0.0.1", 8001), Endpoint.http("::1", 8002)), TIMEOUT, ofHours(3), true,
                ofSeconds(2), ofSeconds(11), ofSeconds(90),
                new AwsSettings.Rebalance(true, ofMinutes(7), ofSeconds(6)),
                new AwsSettings.Maintenance(ofMinutes(20), true, ofMinutes(3)),
                new AwsSettings.ScaleIn(true, ofMinutes(4), ofSeconds(8))));
    }

    @Test
    void everyKeyOfGcpArrives() {
        GcpSettings gcp = settings("""
                gcp:
                  endpoint: http://127.0.0.1:8003
                  preemptionNotice: 120s
                  waitForChange: 20s
                  watchdogPoll: 4s
                  maintenanceLead: 15m
                  upcomingPoll: 2m
                  lifeCap: always
                """).gcp();

        assertThat(gcp.endpoint()).isEqualTo(Endpoint.http("127.0.0.1", 8003));
        assertThat(gcp.preemptionNotice()).isEqualTo(ofMinutes(2));
        assertThat(gcp.hanging().held()).isEqualTo(ofSeconds(20));
        assertThat(gcp.hanging().total()).isGreaterThan(ofSeconds(20));
        assertThat(gcp.hanging().watchdog()).isEqualTo(ofSeconds(4));
        assertThat(gcp.timeout()).isEqualTo(TIMEOUT);
        assertThat(gcp.maintenanceLead()).isEqualTo(ofMinutes(15));
        assertThat(gcp.upcomingPoll()).isEqualTo(ofMinutes(2));
        assertThat(gcp.lifeCap()).isEqualTo(GcpSettings.LifeCap.ALWAYS);
        assertThat(settings("gcp: {lifeCap: never}").gcp().lifeCap()).isEqualTo(GcpSettings.LifeCap.NEVER);
    }

    @Test
    void everyKeyOfAzureArrives() {
        AzureSettings azure = settings("""
                azure:
                  endpoint: http://127.0.0.1:8004
                  vmName: gpu_7
                  poll: 3s
                  firstTimeout: 200s
                  window: 25s
                  maintenanceLead: 12m
                  approve: true
                """).azure();

        assertThat(azure).isEqualTo(new AzureSettings(Endpoint.http("127.0.0.1", 8004), ofSeconds(3), TIMEOUT,
                ofSeconds(200), ofSeconds(25), ofMinutes(12), "gpu_7", true));
    }

    @Test
    void urlSourceKeepsItsQueryTimeWindowAndPoll() {
        SourceSettings settings = settings("""
                sources:
                  - {name: api, url: "http://127.0.0.1:8005/a/b?c=d%20e", time: /spot/end, window: 3m, poll: 5s}
                  - {name: bare, url: "http://127.0.0.1:8006", time: body}
                """);

        assertThat(settings.generic()).containsExactly(
                new UrlSettings("api", Endpoint.http("127.0.0.1", 8005), "/a/b?c=d%20e", Map.of(), null,
                        new TimeField.Pointer("/spot/end"), NoticeTimeFormat.USUAL, ofMinutes(3), ofSeconds(5),
                        TIMEOUT),
                new UrlSettings("bare", Endpoint.http("127.0.0.1", 8006), "/", Map.of(), null, TimeField.BODY,
                        NoticeTimeFormat.USUAL, ofMinutes(2), ofSeconds(1), TIMEOUT));
    }

    @Test
    void fileAndKnownEndsArrive() {
        SourceSettings settings = settings("""
                sources:
                  - {name: flag, file: /run/reclaimed, window: 45s, poll: 2s}
                  - {name: block, deadline: 2031-03-01T12:00:00Z, lead: 30m}
                  - {name: old, age: 23h, lead: 25m}
                """);

        assertThat(settings.generic()).containsExactly(
                new FileSettings("flag", Path.of("/run/reclaimed"), ofSeconds(45), ofSeconds(2)),
                new FixedEndSettings("block", new FixedEndSettings.End.At(Instant.parse("2031-03-01T12:00:00Z")),
                        ofMinutes(30)),
                new FixedEndSettings("old", new FixedEndSettings.End.AtAge(ofHours(23)), ofMinutes(25)));
    }

    @Test
    void presetsKeepTheirProvidersPathsAndTakeTheOperatorsNamePollAndTimeout() {
        List<UrlSettings> urls = settings("""
                sources:
                  - {name: ali, preset: alibaba, poll: 3s}
                  - {name: ten, preset: tencent}
                  - {name: eli, preset: elice}
                """).generic().stream().map(UrlSettings.class::cast).toList();

        assertThat(urls).extracting(UrlSettings::name).containsExactly("ali", "ten", "eli");
        assertThat(urls).extracting(UrlSettings::path)
                .containsExactly(UrlSettings.alibaba().path(), UrlSettings.tencent().path(),
                        UrlSettings.elice().path());
        assertThat(urls).extracting(UrlSettings::window)
                .containsExactly(UrlSettings.alibaba().window(), UrlSettings.tencent().window(),
                        UrlSettings.elice().window());
        assertThat(urls.getFirst().token()).isEqualTo(UrlSettings.alibaba().token());
        assertThat(urls.getFirst().poll()).isEqualTo(ofSeconds(3));
        assertThat(urls).extracting(UrlSettings::timeout).containsOnly(TIMEOUT);
    }

    private SourceSettings settings(String sections) {
        return new ConfigText(directory).valid("notices: {requestTimeout: 1700ms}\n" + sections, Map.of()).sources();
    }
}
