// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.relay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.RetryPolicy;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.SupervisedLoop.Next;
import org.jspecify.annotations.Nullable;

/**
 * The notices that the node's agent passes on, as a source. While the agent is away the source is blind, and an active notice
 * stays: a door that was closed is not opened by silence. Thread-safe.
 */
public final class RelayedNotices implements NoticeSource {

    /** A relay that says nothing for longer than this is left and connected to again. */
    static final Duration SILENCE = NoticeRelay.HEARTBEAT.multipliedBy(3);

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);

    /** A notice may wait at the node's agent: after its restart it is heard this much later at most, jitter included. */
    static final Duration MAX_RETRY = Duration.ofSeconds(1);

    private static final RetryPolicy RECONNECTS = new RetryPolicy(FIRST_RETRY, MAX_RETRY);

    /** The same deadline, sent twice, differs by the time that sending took; less than this is no move. */
    private static final Duration SAME = Duration.ofMillis(500);

    private final String name;
    private final Path socket;
    private final NodeClock clock;
    private volatile @Nullable SupervisedLoop loop;
    private volatile @Nullable SocketChannel connection;
    private volatile long heard;
    private volatile boolean closed;
    private @Nullable Deadline known; // of the loop, as is the next one
    private int failures;

    /**
     * @param name of the source, as in configuration
     * @param socket where the node's agent relays
     */
    public RelayedNotices(String name, Path socket, NodeClock clock) {
        this.name = name;
        this.socket = socket;
        this.clock = clock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Duration lookInterval() {
        return NoticeRelay.HEARTBEAT;
    }

    @Override
    public void start(ObservationSink sink) {
        SupervisedLoop begun = new SupervisedLoop("relay-" + name, clock, sink.loops(), () -> follow(sink));
        loop = begun;
        if (!closed) {
            begun.start();
        }
    }

    private Next follow(ObservationSink sink) {
        long begun = clock.nanoTime();
        String broke = listen(sink);
        if (closed) {
            return Next.OVER;
        }
        observe(sink, new Observation.Unknown(new MetadataProblem(MetadataProblem.Kind.UNREACHABLE,
                "the node's agent at " + socket + ": " + broke)));
        failures = clock.nanoTime() - begun > SILENCE.toNanos() ? 1 : failures + 1;
        return Next.after(RECONNECTS.after(failures));
    }

    /** Takes lines until the connection ends; returns why it did. */
    private String listen(ObservationSink sink) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            connection = channel;
            heard = clock.nanoTime();
            Thread watchdog = Thread.ofVirtual().name("relay-watchdog").start(() -> watch(channel));
            try {
                return read(sink, new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8),
                        RelayLine.MAX_BYTES));
            } finally {
                watchdog.interrupt();
            }
        } catch (IOException broke) {
            String message = broke.getMessage();
            return message == null ? broke.getClass().getSimpleName() : message;
        } finally {
            connection = null;
        }
    }

    private String read(ObservationSink sink, BufferedReader lines) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = lines.read(); c >= 0; c = lines.read()) {
            if (c != '\n') {
                line.append((char) c);
                if (line.length() > RelayLine.MAX_BYTES) {
                    return "a line longer than " + RelayLine.MAX_BYTES + " characters";
                }
                continue;
            }
            heard = clock.nanoTime();
            var parsed = RelayLine.parse(line.toString());
            line.setLength(0);
            if (parsed.isEmpty()) {
                return "a line that is none of the relay's";
            }
            observe(sink, observation(parsed.get()));
        }
        return "it has ended the connection";
    }

    private Observation observation(RelayLine line) {
        NoticeKind kind = line.kind();
        if (kind == null) {
            known = null;
            return Observation.ABSENT;
        }
        Deadline received = Deadline.in(line.left(), clock);
        Deadline before = known;
        Deadline deadline = before != null && !received.isBefore(before.minus(SAME)) ? before : received;
        known = deadline;
        return new Observation.Present(
                List.of(new Notice(NoticeKey.of(name, kind), Finality.FINAL, deadline, line.said())));
    }

    private void observe(ObservationSink sink, Observation observation) {
        sink.observe(name, observation);
    }

    private void watch(SocketChannel channel) {
        try {
            while (true) {
                long left = heard + SILENCE.toNanos() - clock.nanoTime();
                if (left <= 0) {
                    channel.close();
                    return;
                }
                clock.sleep(Duration.ofNanos(left));
            }
        } catch (InterruptedException | IOException ended) {
            // Interrupted where the connection ended by itself.
        }
    }

    @Override
    public boolean isRunning() {
        SupervisedLoop begun = loop;
        return begun != null && begun.isRunning();
    }

    @Override
    public void close() {
        closed = true;
        SocketChannel open = connection;
        if (open != null) {
            try {
                open.close();
            } catch (IOException gone) {
                // It is gone, which is what was wanted.
            }
        }
        SupervisedLoop begun = loop;
        if (begun != null) {
            begun.close();
        }
    }
}
