// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.SourceConfig;
import dev.lastcall.agent.relay.RelayedNotices;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.cloud.CloudDetector;
import dev.lastcall.metadata.cloud.NodeSources;
import dev.lastcall.metadata.cloud.Sources;
import dev.lastcall.metadata.http.MetadataTransport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which cloud this is and keeps its sources running. Finding out may take a second, in which the agent is
 * already up. Thread-safe.
 */
final class SourceKeeper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SourceKeeper.class);

    private final AgentConfig config;
    private final MetadataTransport transport;
    private final NodeClock clock;
    private final NoticeBoard board;
    private final Consumer<NoticeSource> added;
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile Cloud cloud = Cloud.NONE;
    private volatile NodeSources sources = NodeSources.NONE;
    private final List<NoticeSource> relayed = new ArrayList<>(); // guarded by this
    private boolean closed; // guarded by this

    /**
     * @param added told of each source before it starts
     */
    SourceKeeper(AgentConfig config, MetadataTransport transport, NodeClock clock, NoticeBoard board,
            Consumer<NoticeSource> added) {
        this.config = config;
        this.transport = transport;
        this.clock = clock;
        this.board = board;
        this.added = added;
    }

    /** Begins, on a virtual thread of its own. Called once. */
    void start() {
        Thread.ofVirtual().name("sources").start(() -> {
            try {
                startSources(detect());
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            } finally {
                started.countDown();
            }
        });
    }

    private Cloud detect() throws InterruptedException {
        return switch (config.cloud()) {
            case AWS -> Cloud.AWS;
            case GCP -> Cloud.GCP;
            case AZURE -> Cloud.AZURE;
            case NONE -> Cloud.NONE;
            case AUTO -> {
                CloudDetector.Detected detected = new CloudDetector(transport, Path.of("/")).detect();
                log.atInfo()
                        .addKeyValue("cloud", detected.cloud().label())
                        .addKeyValue("evidence", detected.evidence())
                        .log(detected.cloud() == Cloud.NONE
                                ? "no cloud found; set `cloud:` if there is one"
                                : "cloud found");
                yield detected.cloud();
            }
        };
    }

    private synchronized void startSources(Cloud found) {
        if (closed) {
            return;
        }
        cloud = found;
        sources = new Sources(transport, clock, new Random(), Path.of("/"))
                .forCloud(found, NoticeSettings.of(config));
        for (SourceConfig source : config.sources()) {
            if (source.from() instanceof SourceConfig.NodeAgent(Path socket)) {
                relayed.add(new RelayedNotices(source.name(), socket, clock));
            }
        }
        List<NoticeSource> all = new ArrayList<>(sources.all());
        all.addAll(relayed);
        for (NoticeSource source : all) {
            board.expect(source);
            added.accept(source);
            source.start(board);
        }
        List<String> names = new ArrayList<>();
        all.forEach(source -> names.add(source.name()));
        log.atInfo()
                .addKeyValue("cloud", found.label())
                .addKeyValue("sources", String.join(",", names))
                .log("watching");
    }

    /** Waits until it is known which cloud this is; none where this was closed first. */
    Cloud awaitCloud() throws InterruptedException {
        started.await();
        return cloud;
    }

    /** Whether every source that is configured or follows from the cloud is on the board. */
    boolean isWatching() {
        return started.getCount() == 0;
    }

    /** The cloud's name. */
    String cloud() {
        return cloud.label();
    }

    /** What the instance says of itself, in the order to show it. */
    Map<String, String> instance() {
        return sources.instance().get();
    }

    /** Lets the provider begin early, where that is configured and this notice can be approved. */
    void approve(NoticeKey notice) {
        Thread.ofVirtual().name("approve").start(() -> {
            try {
                sources.approval()
                        .approve(notice)
                        .ifPresentOrElse(
                                problem -> log.atInfo()
                                        .addKeyValue("notice", notice)
                                        .addKeyValue("reason", problem.message())
                                        .log("the event was not approved; it starts at its own time"),
                                () -> log.atInfo()
                                        .addKeyValue("notice", notice)
                                        .log("event approved; it may start now"));
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Whether a drained node's event is to be approved. */
    boolean approvesWhenIdle() {
        return sources.approval().approvesWhenIdle();
    }

    @Override
    public synchronized void close() {
        closed = true;
        started.countDown();
        sources.all().forEach(NoticeSource::close);
        relayed.forEach(NoticeSource::close);
    }
}
