// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.lastcall.agent.notices.NoticeLog;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The whole agent, from the metadata server's answer to the stopped process. */
@Timeout(120)
class AgentTest {

    private static final Timeline SPOT_NOTICE = Timeline.builder()
            .at(ofSeconds(10))
            .set("spot/instance-action", Value.fields("action", "terminate", "time", "in 110s"))
            .at(ofSeconds(20))
            .remove("spot/instance-action")
            .build();
    private static final Timeline PREEMPT = Timeline.builder()
            .at(ofSeconds(10))
            .set("events", Value.items(Value.fields("EventId", "f020ba2e-3bc0-4c40-a10b-86575a9eabd5", "EventType",
                    "Preempt", "ResourceType", "VirtualMachine", "Resources", Value.items("gpu-spot_0"), "EventStatus",
                    "Scheduled", "NotBefore", "in 100s")))
            .build();
    private static final Duration NOTICED = ofSeconds(10);
    private static final Duration WITHDRAWN = ofSeconds(20);

    @TempDir
    Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private FakeModel model;
    private Process process;

    @BeforeEach
    void startServer() throws IOException {
        model = opened(new FakeModel());
        process = new ProcessBuilder("sleep", "600").start();
        opened.add(process::destroyForcibly);
        logged.start();
        noticeLog().setLevel(Level.INFO);
        noticeLog().addAppender(logged);
    }

    @AfterEach
    void closeAll() throws Exception {
        noticeLog().detachAppender(logged);
        noticeLog().setLevel(null);
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void spotNoticeClosesTheDoorLetsWhatIsInFlightFinishAndStopsTheServer() throws Exception {
        Simulator cloud = opened(Simulator.aws(SPOT_NOTICE).manual().start());
        Agent agent = start(guarded().notices(aws(cloud)));
        soon().until(() -> Ask.get(agent.apiPort(), "/readyz").status() == 200);
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);

        cloud.at(NOTICED);
        soon().until(() -> !server(agent).doorOpen());

        assertThat(isRefused(agent)).isTrue();
        assertThat(Ask.get(agent.apiPort(), "/readyz").status()).isEqualTo(503);
        assertThat(process.isAlive()).isTrue();
        assertThat(inFlight).isNotDone();
        model.release();
        assertThat(inFlight.join()).isEqualTo(new Ask.Answer(200, FakeModel.HELD_ANSWER));
        assertThat(process.onExit().join().exitValue()).isEqualTo(128 + 15);
        soon().until(() -> !agent.status().drains().isEmpty());
        StatusView.DrainView drained = agent.status().drains().getFirst();
        assertThat(drained.inFlightAtNotice()).isEqualTo(1);
        assertThat(drained.completed()).isEqualTo(1L);
        // The kernel may have refused its connection, which is not counted.
        assertThat(drained.refused()).isBetween(0L, 1L);
        assertThat(drained.cut()).isZero();
        assertThat(server(agent).phase()).isEqualTo("stopped");
        assertThat(finalNotices()).isEqualTo(1);
    }

    @Test
    void preemptionOnGoogleCloudStopsAnIdleServer() {
        Simulator cloud = opened(Simulator.gcp(
                Timeline.builder().at(NOTICED).set("instance/preempted", new Value.Bool(true)).build())
                .manual()
                .start());
        Agent agent = start(guarded().notices("cloud: gcp\ngcp: {endpoint: \"" + cloud.endpoint() + "\"}"));
        awaitLooks(agent, "gcp");

        cloud.at(NOTICED);

        process.onExit().join();
        assertThat(isRefused(agent)).isTrue();
        assertThat(agent.reclamation().orElseThrow().window()).isCloseTo(ofSeconds(30), ofSeconds(1));
    }

    @Test
    void withdrawnNoticeOpensTheDoorAgainAndLeavesTheServer() {
        Simulator cloud = opened(Simulator.aws(SPOT_NOTICE).manual().start());
        Agent agent = start(guarded().notices(aws(cloud)));
        var _ = holdOne(agent);
        cloud.at(NOTICED);
        soon().until(() -> isRefused(agent));

        cloud.at(WITHDRAWN);

        soon().until(() -> Ask.isLetIn(agent.gatePort("model")));
        soon().until(() -> Ask.get(agent.apiPort(), "/readyz").status() == 200);
        assertThat(agent.reclamation()).isEmpty();
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void whereReopenIsOffTheDrainGoesOnAfterAWithdrawal() {
        AgentText text = guarded().drain("settleTime: 200ms, reopen: false");
        Agent agent = start(text);
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);
        Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"100s\"}");

        Ask.Answer undrain = Ask.post(text.controlSocket(), "/v1/undrain", "");

        assertThat(undrain.status()).isEqualTo(409);
        assertThat(undrain.body()).contains("drain.reopen is false");
        assertThat(isRefused(agent)).isTrue();
        assertThat(Ask.get(agent.apiPort(), "/readyz").status()).isEqualTo(503);
        assertThat(agent.reclamation()).isPresent();
        model.release();
        assertThat(inFlight.join().status()).isEqualTo(200);
        process.onExit().join();
    }

    @Test
    void noticeThatIsActiveAlreadyAtTheStartIsObeyed() {
        Simulator cloud = opened(Simulator.aws(SPOT_NOTICE).manual().start());
        cloud.at(NOTICED);

        Agent agent = start(guarded().notices(aws(cloud)));

        process.onExit().join();
        assertThat(isRefused(agent)).isTrue();
    }

    @Test
    void operatorDrainsAndTakesItBackOverTheControlSocket() {
        AgentText text = guarded();
        Agent agent = start(text);
        var _ = holdOne(agent);

        Ask.Answer drain = Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"100s\"}");

        assertThat(drain.status()).as(drain.body()).isEqualTo(202);
        assertThat(isRefused(agent)).isTrue();
        assertThat(agent.status().reclamation()).isNotNull();
        Ask.Answer undrain = Ask.post(text.controlSocket(), "/v1/undrain", "");
        assertThat(undrain.status()).as(undrain.body()).isEqualTo(202);
        soon().until(() -> Ask.isLetIn(agent.gatePort("model")));
        assertThat(process.isAlive()).isTrue();
        assertThat(Ask.post(text.controlSocket(), "/v1/undrain", "").status()).isEqualTo(409);
    }

    @Test
    void dryRunSeesTheNoticeAndTouchesNothing() {
        Simulator cloud = opened(Simulator.aws(SPOT_NOTICE).manual().start());
        AgentText text = guarded().notices(aws(cloud)).drain("settleTime: 200ms, dryRun: true");
        Agent agent = start(text);

        cloud.at(NOTICED);
        soon().until(() -> !agent.status().drains().isEmpty());

        assertThat(Ask.get(agent.gatePort("model"), "/").status()).isEqualTo(200);
        assertThat(process.isAlive()).isTrue();
        assertThat(agent.status().dryRun()).isTrue();
        agent.close();
        assertThat(text.stateFile()).doesNotExist();
    }

    @Test
    void azureEventIsApprovedOnceTheServerHasStopped() {
        Simulator cloud = opened(Simulator.azure(PREEMPT).manual().start());
        start(guarded().notices(azure(cloud)));

        cloud.at(NOTICED);

        soon().until(() -> isApproved(cloud));
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void dryRunApprovesNoEvent() {
        Simulator cloud = opened(Simulator.azure(PREEMPT).manual().start());
        Agent agent = start(guarded().notices(azure(cloud)).drain("settleTime: 200ms, dryRun: true"));

        cloud.at(NOTICED);
        soon().until(() -> !agent.status().drains().isEmpty());
        long looks = cloud.requestCount();
        soon().until(() -> cloud.requestCount() > looks + 3);

        assertThat(isApproved(cloud)).isFalse();
    }

    @Test
    void requestThatDoesNotEndIsCutAndADeafServerIsKilledBeforeTheDeadline() throws Exception {
        process.destroyForcibly();
        process = new ProcessBuilder("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done").start();
        opened.add(process::destroyForcibly);
        process.inputReader().readLine();
        AgentText text = guarded();
        Agent agent = start(text);
        CompletableFuture<Ask.Answer> inFlight = holdOne(agent);

        Ask.post(text.controlSocket(), "/v1/drain", "{\"window\":\"8s\"}");

        assertThat(process.onExit().join().exitValue()).isEqualTo(128 + 9);
        assertThat(agent.reclamation().orElseThrow().deadline().remaining(NodeClock.system())).isPositive();
        soon().until(() -> !agent.status().drains().isEmpty());
        StatusView.DrainView drained = agent.status().drains().getFirst();
        assertThat(drained.cut()).isEqualTo(1L);
        assertThat(inFlight.join().status()).isNotEqualTo(200);
        assertThat(server(agent).counts()).isNotNull().extracting(StatusView.Counts::lost).isEqualTo(0L);
    }

    @Test
    void withoutAControlSocketEverythingElseWorks() throws IOException {
        AgentText text = guarded();
        Files.createDirectory(text.controlSocket());

        Agent agent = start(text);

        assertThat(Ask.get(agent.apiPort(), "/healthz").status()).isEqualTo(200);
        assertThat(Ask.get(agent.gatePort("model"), "/").status()).isEqualTo(200);
    }

    @Test
    void agentThatStartsAgainInMidDrainGoesOnWithIt() {
        Simulator cloud = opened(Simulator.aws(SPOT_NOTICE).manual().start());
        AgentText text = guarded().notices(aws(cloud));
        Agent first = start(text);
        CompletableFuture<Ask.Answer> cut = holdOne(first);
        cloud.at(NOTICED);
        soon().until(() -> text.stateFile().toFile().exists());
        Reclamation before = first.reclamation().orElseThrow();
        first.close();
        soon().until(cut::isDone);
        assertThat(process.isAlive()).isTrue();

        Agent second = start(text);

        assertThat(isRefused(second)).isTrue();
        Reclamation after = second.reclamation().orElseThrow();
        assertThat(after.deadline().nanoTime()).isCloseTo(before.deadline().nanoTime(),
                within(ofSeconds(1).toNanos()));
        assertThat(after.detectedAt()).isCloseTo(before.detectedAt(), within(ofSeconds(1)));
        process.onExit().join();
        awaitLooks(second, "aws-spot");
        assertThat(finalNotices()).isEqualTo(1);
    }

    @Test
    void serverThatComesUpLaterIsFound() {
        Agent agent = Agents.start(AgentText.in(directory).discovering(model.port()), new HastyClock());
        opened.add(agent);
        assertThat(agent.status().servers()).isEmpty();

        model.load();

        soon().until(() -> !agent.status().servers().isEmpty());
        assertThat(agent.status().servers().getFirst().name()).isEqualTo("llama-server-" + model.port());
    }

    private AgentText guarded() {
        return AgentText.in(directory).server(model, process);
    }

    private Agent start(AgentText text) {
        return opened(Agents.start(text, NodeClock.system()));
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    private CompletableFuture<Ask.Answer> holdOne(Agent agent) {
        CompletableFuture<Ask.Answer> answer = Ask.inBackground(agent.gatePort("model"), "/hold");
        soon().until(() -> model.held() == 1);
        return answer;
    }

    private static void awaitLooks(Agent agent, String source) {
        soon().until(() -> agent.status()
                .sources()
                .stream()
                .anyMatch(one -> one.name().startsWith(source) && !one.state().equals("starting")));
    }

    private static StatusView.Server server(Agent agent) {
        return agent.status().servers().getFirst();
    }

    private static boolean isRefused(Agent agent) {
        return Ask.isTurnedAway(agent.gatePort("model"));
    }

    private long finalNotices() {
        return logged.list.stream().filter(event -> event.getMessage().startsWith("final notice")).count();
    }

    private static String aws(Simulator cloud) {
        return "cloud: aws\naws: {endpoints: [\"" + cloud.endpoint() + "\"], poll: 100ms}";
    }

    private static String azure(Simulator cloud) {
        return "cloud: azure\nazure: {endpoint: \"" + cloud.endpoint() + "\", poll: 100ms, approve: true}";
    }

    private static boolean isApproved(Simulator cloud) {
        return cloud.requests()
                .stream()
                .anyMatch(request -> request.method().equals("POST")
                        && request.body().contains("f020ba2e-3bc0-4c40-a10b-86575a9eabd5"));
    }

    private static Logger noticeLog() {
        return (Logger) LoggerFactory.getLogger(NoticeLog.class);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }

    /** Waits a hundredth of what it is asked to, where that is long. */
    private static final class HastyClock implements NodeClock {
        @Override
        public Instant wallTime() {
            return NodeClock.system().wallTime();
        }

        @Override
        public long nanoTime() {
            return NodeClock.system().nanoTime();
        }

        @Override
        public void sleepUntil(long nanoTime) throws InterruptedException {
            long left = nanoTime - nanoTime();
            NodeClock.system().sleepUntil(nanoTime() + (left > ofSeconds(5).toNanos() ? left / 100 : left));
        }
    }
}
