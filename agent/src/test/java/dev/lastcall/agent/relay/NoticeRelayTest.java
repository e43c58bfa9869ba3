// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.Reclamation;
import io.vertx.core.Vertx;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class NoticeRelayTest {

    private static final NodeClock CLOCK = NodeClock.system();

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final List<Observation> observed = new CopyOnWriteArrayList<>();
    private final List<NoticeEvent> events = new CopyOnWriteArrayList<>();
    private Path socket;
    private NoticeRelay relay;
    private RelayedNotices source;

    @BeforeEach
    void openRelay() throws IOException {
        socket = directory.resolve("gates").resolve("n.sock");
        relay = new NoticeRelay(vertx, socket, CLOCK);
        relay.open();
        source = new RelayedNotices("node-agent", socket, CLOCK);
    }

    @AfterEach
    void closeAll() {
        source.close();
        relay.close();
        vertx.close().await();
    }

    @Test
    void aGateHearsOfTheNoticeAndOfItsDeadline() {
        follow();
        relay.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));

        soon().until(() -> notice().isPresent());
        Notice notice = notice().orElseThrow();
        assertThat(notice.key()).isEqualTo(NoticeKey.of("node-agent", NoticeKind.SPOT_INTERRUPTION));
        assertThat(notice.description()).isEqualTo("aws-spot: terminate");
        assertThat(Objects.requireNonNull(notice.deadline()).remaining(CLOCK)).isBetween(Duration.ofSeconds(60),
                Duration.ofSeconds(110));
    }

    @Test
    void aGateThatConnectsAfterTheNoticeHearsOfItAtOnce() {
        relay.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        source.start((name, observation) -> observed.add(observation));
        soon().until(() -> notice().isPresent());
    }

    @Test
    void aWithdrawalReachesTheGatesBoardWithinSecondsAndADeadlineSentTwiceIsNoMove() {
        var board = new NoticeBoard(CLOCK, List.of(events::add));
        source.start(board);
        soon().until(() -> relay.gates() == 1);
        relay.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        soon().until(() -> board.reclamation().isPresent());
        Awaitility.await()
                .during(NoticeRelay.HEARTBEAT.plusSeconds(1))
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> events.stream().noneMatch(NoticeEvent.DeadlineMoved.class::isInstance));
        relay.on(new NoticeEvent.DeadlineMoved(reclamation(Duration.ofSeconds(20))));
        soon().until(() -> events.stream().anyMatch(NoticeEvent.DeadlineMoved.class::isInstance));

        relay.on(new NoticeEvent.Withdrawn(reclamation(Duration.ofSeconds(20))));

        soon().until(() -> board.reclamation().isEmpty());
    }

    @Test
    void anAgentThatEndsIsNoWithdrawalAndIsFoundAgain() throws IOException {
        follow();
        relay.on(new NoticeEvent.Noticed(reclamation(Duration.ofSeconds(110))));
        soon().until(() -> notice().isPresent());
        relay.close();
        soon().until(() -> observed.getLast() instanceof Observation.Unknown);
        assertThat(observed).filteredOn(one -> one instanceof Observation.Absent).hasSize(1);

        relay = new NoticeRelay(vertx, socket, CLOCK);
        relay.open();
        soon().until(() -> relay.gates() == 1 && observed.getLast() instanceof Observation.Absent);
    }

    @Test
    void aGateHearsOfTheNoticeBesideOneThatTakesEveryPlace() throws IOException {
        List<SocketChannel> greedy = new ArrayList<>();
        try {
            for (int i = 0; i < NoticeRelay.MAX_GATES + 8; i++) {
                greedy.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
            }
            soon().until(() -> relay.gates() == NoticeRelay.MAX_GATES);

            source.start((name, observation) -> observed.add(observation));
            soon().until(() -> observed.contains(Observation.ABSENT));
            relay.on(new NoticeEvent.Noticed(reclamation(Duration.ofMinutes(2))));

            soon().until(() -> notice().isPresent());
            assertThat(relay.gates()).isEqualTo(NoticeRelay.MAX_GATES);
        } finally {
            for (SocketChannel one : greedy) {
                one.close();
            }
        }
    }

    @Test
    void thereIsNothingToDoOnTheSocketButListen() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-rw-rw-");
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("POST /v1/drain HTTP/1.1\r\n\r\n{\"notice\":{}}\n".getBytes(
                    StandardCharsets.UTF_8)));
            InputStream in = Channels.newInputStream(channel);
            assertThat(new String(in.readNBytes(16), StandardCharsets.UTF_8)).isEqualTo("{\"notice\":null}\n");
        }
        follow();
        assertThat(notice()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\n", "{\"notice\":{\"kind\":\"nuke\",\"leftMillis\":1}}\n",
        "{\"notice\":{\"kind\":\"preemption\",\"leftMillis\":-5}}\n",
        "{\"notice\":{\"kind\":\"preemption\",\"leftMillis\":1e30}}\n", "{}\n"})
    void aLineThatIsNoneOfTheRelaysIsNoNoticeAndNoWithdrawal(String line) throws IOException {
        Path other = directory.resolve("other.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(other));
            Thread.ofVirtual().start(() -> {
                try (SocketChannel one = server.accept()) {
                    one.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
                } catch (IOException ended) {
                    // The test is over.
                }
            });
            try (var misled = new RelayedNotices("node-agent", other, CLOCK)) {
                misled.start((name, observation) -> observed.add(observation));
                soon().until(() -> !observed.isEmpty());
                assertThat(observed.getFirst()).isInstanceOf(Observation.Unknown.class);
            }
        }
    }

    private void follow() {
        source.start((name, observation) -> observed.add(observation));
        soon().until(() -> !observed.isEmpty() && relay.gates() == 1);
    }

    private Optional<Notice> notice() {
        return observed.stream()
                .filter(Observation.Present.class::isInstance)
                .map(one -> ((Observation.Present) one).notices().getFirst())
                .findFirst();
    }

    private static Reclamation reclamation(Duration window) {
        Deadline deadline = Deadline.in(window, CLOCK);
        return new Reclamation(new Notice(NoticeKey.of("aws-spot", NoticeKind.SPOT_INTERRUPTION), Finality.FINAL,
                deadline, "terminate"), deadline, CLOCK.wallTime(), CLOCK.nanoTime());
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
    }
}
