// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.status.view.SampleViews;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.agent.values.Secret;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Events at the path of notices. */
@Timeout(30)
class EventRequestsTest {

    private static final String TOKEN = "0123456789abcdef";
    private static final String DETAIL = "{\"instance-id\":\"i-0123456789abcdef0\"}";
    private static final String ENVELOPE = "{\"detail-type\":\"T\",\"source\":\"aws.ec2\",\"detail\":" + DETAIL + "}";

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final FakeDesk desk = new FakeDesk();
    private final List<ApiServer> opened = new ArrayList<>();
    private RawHttp tcp;
    private RawHttp local;

    @BeforeEach
    void start() throws IOException {
        Path socket = directory.resolve("a.sock");
        tcp = RawHttp.tcp(open(null, socket).port());
        local = RawHttp.local(socket);
    }

    private ApiServer open(@Nullable String token, Path socket) throws IOException {
        ApiServer server = new ApiServer(vertx,
                new ApiSettings(new ListenAddress("127.0.0.1", 0), Optional.ofNullable(token).map(Secret::of), socket),
                SampleViews::quiet, desk, PreStopHold.NONE, new Metrics("1.2.3"), Duration.ofSeconds(20));
        opened.add(server);
        server.openTcp();
        server.openSocket();
        return server;
    }

    @AfterEach
    void stop() {
        opened.forEach(ApiServer::close);
        vertx.close().await();
    }

    @Test
    void aNoticeCanBeAnEventInEachOfItsForms() {
        String structured = "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"aws.ec2\",\"type\":\"T\","
                + "\"time\":\"2026-11-24T12:00:00Z\",\"extension\":7,\"data\":" + DETAIL + "}";
        assertThat(local.post("/v1/notice", structured, "Content-Type: application/CloudEvents+json; charset=utf-8"))
                .startsWith("HTTP/1.1 202 ")
                .contains("taken");
        assertThat(local.post("/v1/notice", DETAIL, "Content-Type: application/json", "ce-specversion: 1.0", "Ce-Id: b",
                "CE-Source: aws.ec2", "ce-type: T", "ce-other: x")).startsWith("HTTP/1.1 202 ");
        assertThat(local.post("/v1/notice", ENVELOPE, "Content-Type: application/json")).startsWith("HTTP/1.1 202 ");

        assertThat(desk.asked()).containsExactly("event a aws.ec2 T 2026-11-24T12:00:00Z " + DETAIL,
                "event b aws.ec2 T  " + DETAIL, "event     " + ENVELOPE);
    }

    @Test
    void anEventThatIsNotForThisNodeIsNeitherTakenNorTriedAgain() {
        assertThat(local.post("/v1/notice", DETAIL, "ce-specversion: 1.0", "ce-id: other", "ce-source: aws.ec2",
                "ce-type: T"))
                .startsWith("HTTP/1.1 422 ")
                .contains("\"not-applicable\"")
                .contains("about another");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "application/cloudevents-batch+json|[]|send each event by itself",
        "application/cloudevents+json|[]|must be a JSON object",
        "application/cloudevents+json|{|no valid JSON",
        "application/cloudevents+json|{} {}|no valid JSON",
        "application/cloudevents+json|{\"data\":{}}|specversion 1.0",
        "application/cloudevents+json|{\"specversion\":\"1.0\",\"data\":{},\"id\":\"a\",\"id\":\"b\"}|no valid JSON",
        "application/cloudevents+json|{\"specversion\":\"1.0\",\"data\":{},\"id\":7}|id is missing",
        "application/cloudevents+json|{\"specversion\":\"1.0\",\"data\":\"x\",\"id\":\"a\"}|data must be a JSON object",
        "application/cloudevents+json|{\"specversion\":\"1.0\",\"data\":{},\"id\":\"a\",\"source\":\"s\"}|type is missing",
        "application/cloudevents+json|{\"specversion\":\"1.0\",\"data\":{},\"id\":\"a\\nb\",\"source\":\"s\",\"type\":\"t\"}"
                + "|none of them control characters",
        "application/json|{\"detail-type\":\"x\"|no valid JSON"})
    void anEventThatIsNoneIsRefusedAndSaysWhy(String type, String body, String why) {
        assertThat(local.post("/v1/notice", body, "Content-Type: " + type)).startsWith("HTTP/1.1 400 ").contains(why);
        assertThat(desk.asked()).isEmpty();
    }

    @Test
    void anEventIsBoundedAndDeepNestingEndsNothing() {
        String deep = "{\"specversion\":\"1.0\",\"data\":{\"a\":" + "[".repeat(1500) + "]".repeat(1500) + "}}";
        assertThat(local.post("/v1/notice", deep, "Content-Type: application/cloudevents+json"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(local.post("/v1/notice", "{\"a\":\"" + "x".repeat(5000) + "\"}",
                "Content-Type: application/cloudevents+json")).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void anEventNeedsTheSameTokenAsAnyOtherChange() throws IOException {
        assertThat(tcp.post("/v1/notice", ENVELOPE)).startsWith("HTTP/1.1 403 ");
        RawHttp guarded = RawHttp.tcp(open(TOKEN, directory.resolve("other/b.sock")).port());
        assertThat(guarded.post("/v1/notice", ENVELOPE)).startsWith("HTTP/1.1 401 ");
        assertThat(desk.asked()).isEmpty();
        assertThat(guarded.post("/v1/notice", ENVELOPE, "Authorization: Bearer " + TOKEN)).startsWith("HTTP/1.1 202 ");
    }
}
