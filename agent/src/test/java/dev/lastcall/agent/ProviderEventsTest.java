// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.lastcall.metadata.NodeClock;
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

import static org.assertj.core.api.Assertions.assertThat;

/** The whole agent, EC2's metadata beside it, and what EventBridge sends to it. */
@Timeout(120)
class ProviderEventsTest {

    /** That of the simulator. */
    private static final String OWN = "i-0123456789abcdef0";
    private static final Duration NOTICED = Duration.ofSeconds(10);
    private static final Timeline TIMELINE = Timeline.builder()
            .at(NOTICED)
            .set("spot/instance-action", Value.fields("action", "terminate", "time", "in 110s"))
            .build();

    @TempDir
    Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private Simulator cloud;
    private Agent agent;

    @BeforeEach
    void start() throws IOException {
        cloud = opened(Simulator.aws(TIMELINE).manual().start());
        FakeModel model = opened(new FakeModel());
        Process process = new ProcessBuilder("sleep", "600").start();
        opened.add(process::destroyForcibly);
        agent = opened(Agents.start(AgentText.in(directory)
                .drain("settleTime: 60s")
                .server(model, process)
                .notices("cloud: aws\naws: {endpoints: [\"" + cloud.endpoint() + "\"], poll: 100ms}"),
                NodeClock.system()));
        soon().until(() -> agent.status().instance().containsKey("instance"));
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
    }

    private Ask.Answer send(String id, String instance) {
        return Ask.post(AgentText.in(directory).controlSocket(), "/v1/notice", """
                {"version":"0","id":"%s","detail-type":"EC2 Spot Instance Interruption Warning","source":"aws.ec2",
                 "time":"%s","detail":{"instance-id":"%s","instance-action":"terminate"}}
                """.formatted(id, Instant.now().truncatedTo(ChronoUnit.SECONDS), instance));
    }

    private List<String> notices() {
        return agent.status().notices().stream().map(one -> one.source() + "/" + one.kind()).sorted().toList();
    }

    private Instant detectedAt() {
        return Objects.requireNonNull(agent.status().reclamation()).detectedAt();
    }

    private boolean isOpen() {
        return agent.status().servers().getFirst().doorOpen();
    }

    @Test
    void anEventAndTheMetadataAreOneDrainAndOneRecord() {
        Ask.Answer answer = send("a", OWN);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        assertThat(answer.body()).contains("draining, ").contains("aws-events/spot-interruption");
        assertThat(isOpen()).isFalse();
        Instant detected = detectedAt();

        cloud.at(NOTICED);
        soon().until(() -> notices().equals(List.of("aws-events/spot-interruption", "aws-spot/spot-interruption")));
        assertThat(send("a", OWN).body()).contains("came before");
        assertThat(send("b", OWN).status()).isEqualTo(202);
        assertThat(detectedAt()).isEqualTo(detected);
        assertThat(agent.status().drains()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void anEventAboutAnotherInstanceIsRefusedByName() {
        Ask.Answer answer = send("a", "i-0fedcba9876543210");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("i-0fedcba9876543210").contains(OWN).contains("nothing is done");
        assertThat(isOpen()).isTrue();
    }

    @Test
    void anOperatorCanTakeAnEventBack() {
        send("a", OWN);
        assertThat(isOpen()).isFalse();
        Path socket = AgentText.in(directory).controlSocket();
        assertThat(Ask.post(socket, "/v1/reopen", "{\"server\":\"model\"}").body()).contains("lastcall undrain");
        Ask.Answer answer = Ask.post(socket, "/v1/undrain", "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        soon().until(this::isOpen);
        assertThat(send("a", OWN).body()).contains("came before");
        assertThat(isOpen()).isTrue();
    }
}
