// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.lastcall.agent.AgentText;
import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.SourceStatus;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.metadata.time.AnswerTime;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class NoticeSourcesTest {

    private static final MetadataTransport SILENT = request -> new MetadataAnswer.Failed(
            new MetadataProblem(MetadataProblem.Kind.UNREACHABLE, "no answer"));

    @TempDir
    private Path directory = Path.of("");

    private final ManualClock clock = new ManualClock();
    private final NoticeBoard board = new NoticeBoard(clock, List.of());
    private final ConditionBoard conditions = new ConditionBoard();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private volatile MetadataTransport transport = SILENT;
    private NoticeSources keeper;

    @BeforeEach
    void prepare() {
        keeper = keeper("cloud: none", source -> {});
    }

    private NoticeSources keeper(String notices, Consumer<NoticeSource> added) {
        NoticeSources made = new NoticeSources(AgentText.in(directory).notices(notices).read(),
                request -> transport.ask(request), directory, List.of(), clock, board, board, added,
                new LoopObserver() {
                    @Override
                    public void failed(String part, Throwable fault) {
                        faults.add(part + ": " + fault.getMessage());
                    }

                    @Override
                    public void recovered(String part) {
                        // Not of interest here.
                    }
                });
        made.report(conditions);
        return made;
    }

    private void begin(String notices) {
        keeper = keeper(notices, source -> {});
        keeper.start();
    }

    private List<String> watched() {
        BoardSnapshot now = board.snapshot();
        return now.sources().stream().map(SourceStatus::name).toList();
    }

    private List<ConditionCode> active() {
        conditions.refresh();
        return conditions.active().stream().map(Condition::code).toList();
    }

    private static void soon(Runnable assertion) {
        Awaitility.await().untilAsserted(assertion::run);
    }

    /** EC2's metadata service, which hands out a token and knows no notice. */
    private MetadataAnswer ec2(MetadataRequest request) {
        boolean token = request.method() == MetadataRequest.Method.PUT;
        return new MetadataAnswer.Response(token ? 200 : 404, Map.of(), token ? "dG9rZW4=" : "",
                new AnswerTime(clock.nanoTime(), clock.wallTime(), clock.wallTime()));
    }

    @AfterEach
    void close() {
        keeper.close();
    }

    @Test
    void detectionGoesOnUntilSomethingAnswersAndItIsSaidMeanwhile() throws InterruptedException {
        begin("cloud: auto\nsources: [{name: mine, file: %s/going}]".formatted(directory));
        keeper.await();
        clock.awaitSleepers(2);

        assertThat(keeper.finding().state()).isEqualTo(CloudFinding.State.DETECTING);
        assertThat(keeper.finding().evidence()).contains("firmware says nothing", "no metadata server answers");
        assertThat(active()).containsExactly(ConditionCode.CLOUD_UNKNOWN);
        assertThat(watched()).as("a configured source waits for no cloud").containsExactly("mine");
        assertThat(keeper.isWatching()).isTrue();

        clock.run(Duration.ofMinutes(10), 2);
        transport = this::ec2;
        clock.run(NoticeSources.MAX_PAUSE, 2);

        soon(() -> assertThat(keeper.finding().state()).isEqualTo(CloudFinding.State.FOUND));
        assertThat(keeper.cloud()).isEqualTo("aws");
        assertThat(keeper.finding().evidence()).isEqualTo("its metadata server answers");
        soon(() -> assertThat(watched()).contains("mine", "aws-spot"));
        assertThat(active()).isEmpty();
    }

    @Test
    void firmwareOfACloudStartsItsSourcesWithoutAProbe() throws IOException {
        Path dmi = Files.createDirectories(directory.resolve("sys/class/dmi/id"));
        Files.writeString(dmi.resolve("sys_vendor"), "Amazon EC2\n");

        begin("cloud: auto");

        soon(() -> assertThat(watched()).contains("aws-spot"));
        assertThat(keeper.finding().evidence()).contains("Amazon EC2");
    }

    @Test
    void aConfiguredEndpointCountsAndSoDoesTheFirmwareBesideIt() throws IOException {
        Path dmi = Files.createDirectories(directory.resolve("sys/class/dmi/id"));
        Files.writeString(dmi.resolve("product_name"), "Google Compute Engine\n");

        begin("cloud: auto\naws: {endpoints: ['http://127.0.0.1:9']}");

        soon(() -> assertThat(watched()).contains("aws-spot", "gcp-preempted"));
        assertThat(keeper.cloud()).isEqualTo("aws");
        assertThat(keeper.finding().evidence()).isEqualTo("an endpoint is configured under `aws`");
        assertThat(active()).isEmpty();
    }

    @Test
    void noneIsSaidAtOnce() throws InterruptedException {
        begin("cloud: none");
        keeper.await();

        assertThat(keeper.finding()).isEqualTo(CloudFinding.NONE);
        assertThat(keeper.isWatching()).isTrue();
        assertThat(watched()).isEmpty();
        assertThat(active()).isEmpty();
    }

    @Test
    void aSourceThatCannotBeMeasuredIsWatchedAndKeepsNoOtherFromIt() {
        keeper = keeper("cloud: aws\nsources: [{name: mine, file: %s/going}]".formatted(directory), source -> {
            if (source.name().equals("mine") || source.name().equals("aws-spot")) {
                throw new IllegalStateException("no meter");
            }
        });
        keeper.start();

        assertThat(watched()).contains("mine", "aws-spot", "aws-maintenance");
        assertThat(faults).containsExactly("source-mine: no meter", "source-aws-spot: no meter");
        assertThat(active()).isEmpty();
    }

    @Test
    void aSourceThatEndedIsSaid() {
        NoticeSource[] mine = new NoticeSource[1];
        keeper = keeper("cloud: none\nsources: [{name: mine, file: %s/going}]".formatted(directory),
                source -> mine[0] = source);
        keeper.start();
        assertThat(active()).isEmpty();

        mine[0].close();

        assertThat(active()).containsExactly(ConditionCode.SOURCE_ENDED);
        keeper.close();
        assertThat(active()).isEmpty();
    }
}
