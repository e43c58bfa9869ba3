// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.NodeAgentSource;
import dev.lastcall.agent.relay.RelayedNotices;
import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.ClockJump;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.RetryPolicy;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.SupervisedLoop.Next;
import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.cloud.CloudDetector;
import dev.lastcall.metadata.cloud.NodeSources;
import dev.lastcall.metadata.cloud.SourceSettings;
import dev.lastcall.metadata.cloud.Sources;
import dev.lastcall.metadata.http.HedgedTransport;
import dev.lastcall.metadata.http.MetadataTransport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which cloud this is and keeps its sources running. The configured sources begin at once; with {@code cloud: auto} the
 * cloud's own begin as soon as something names it, and detection goes on until something does. What a source does wrong, at its
 * start or later, keeps no other from watching. Thread-safe.
 */
public final class NoticeSources implements FoundCloud, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NoticeSources.class);

    /** Between the first two attempts to detect the cloud; doubles up to {@link #MAX_PAUSE}, each at random down to half. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** A metadata server that comes up late is found this much later at most. Three packets each are nothing to a network. */
    static final Duration MAX_PAUSE = Duration.ofSeconds(10);

    private static final RetryPolicy DETECTION = new RetryPolicy(FIRST_PAUSE, MAX_PAUSE);

    private final AgentConfig config;
    private final SourceSettings settings;
    private final CloudDetector detector;
    private final Sources library;
    private final List<NoticeSource> others;
    private final NodeClock clock;
    private final NoticeBoard board;
    private final NoticeSource.ObservationSink sink;
    private final Consumer<NoticeSource> added;
    private final LoopObserver loops;
    private final SupervisedLoop detection;
    private final CountDownLatch attempted = new CountDownLatch(1);
    private final List<NoticeSource> running = new CopyOnWriteArrayList<>();
    private final List<NodeSources> clouds = new CopyOnWriteArrayList<>();
    private volatile CloudFinding finding;
    private int attempts; // of the detection's loop
    private boolean closed; // guarded by this

    /**
     * @param root the file system's root, where the firmware's tables are
     * @param others sources that other parts of the agent have made; they are started and closed here
     * @param board expects each source
     * @param sink takes what the sources see
     * @param added called with each source before it starts
     * @param loops notified of faults of the sources and of the detection
     */
    public NoticeSources(AgentConfig config, MetadataTransport transport, Path root, List<NoticeSource> others,
            NodeClock clock,
            NoticeBoard board,
            NoticeSource.ObservationSink sink, Consumer<NoticeSource> added, LoopObserver loops) {
        this.config = config;
        this.settings = config.sources();
        this.detector = new CloudDetector(transport, root, settings);
        this.library = new Sources(new HedgedTransport(transport, clock), clock, new Random(), root);
        this.others = List.copyOf(others);
        this.clock = clock;
        this.board = board;
        this.sink = sink;
        this.added = added;
        this.loops = loops;
        this.detection = new SupervisedLoop("cloud-detection", clock, loops, this::detect);
        this.finding = CloudFinding.DETECTING;
    }

    /** Begins; what may take time goes on beside. Called once. */
    public void start() {
        library.configured(settings).forEach(this::begin);
        for (NodeAgentSource agent : config.nodeAgents()) {
            begin(new RelayedNotices(agent.name(), agent.socket(), clock));
        }
        others.forEach(this::begin);
        switch (config.cloud()) {
            case AWS -> watch(Cloud.AWS, "`cloud: aws` is configured");
            case GCP -> watch(Cloud.GCP, "`cloud: gcp` is configured");
            case AZURE -> watch(Cloud.AZURE, "`cloud: azure` is configured");
            case NONE -> {
                finding = CloudFinding.NONE;
                attempted.countDown();
                log.atInfo().addKeyValue("sources", names()).log("watching");
            }
            case AUTO -> {
                for (AgentConfig.CloudChoice set : config.configuredEndpoints().stream().sorted().toList()) {
                    Cloud cloud = Cloud.valueOf(set.name());
                    watch(cloud, "an endpoint is configured under `" + cloud.label() + "`");
                }
                detection.start();
            }
        }
    }

    /** One attempt. A configured endpoint ends the probing, but not what the firmware says beyond it. */
    private Next detect() throws InterruptedException {
        boolean found = finding.state() == CloudFinding.State.FOUND;
        CloudDetector.Detected detected;
        try {
            detected = found ? detector.firmware() : detector.detect();
            if (detected.cloud() != Cloud.NONE) {
                watch(detected.cloud(), detected.evidence());
                return Next.OVER;
            }
        } finally {
            attempted.countDown();
        }
        if (found) {
            return Next.OVER;
        }
        if (attempts++ == 0) {
            log.atInfo()
                    .addKeyValue("evidence", detected.evidence())
                    .addKeyValue("sources", names())
                    .log("no cloud found yet; detection goes on. Set `cloud:` if there is one, or to `none`");
        }
        finding = new CloudFinding(CloudFinding.State.DETECTING, Cloud.NONE, detected.evidence());
        return Next.after(DETECTION.after(attempts));
    }

    /** Begins the sources of {@code cloud}, unless they have begun. */
    private synchronized void watch(Cloud cloud, String evidence) {
        if (closed || clouds.stream().anyMatch(known -> known.cloud() == cloud)) {
            return;
        }
        NodeSources own = library.ofCloud(cloud, settings);
        clouds.add(own);
        if (finding.state() != CloudFinding.State.FOUND) {
            finding = new CloudFinding(CloudFinding.State.FOUND, cloud, evidence);
        }
        own.all().forEach(this::begin);
        attempted.countDown();
        log.atInfo()
                .addKeyValue("cloud", cloud.label())
                .addKeyValue("evidence", evidence)
                .addKeyValue("sources", names())
                .log("watching");
    }

    private synchronized void begin(NoticeSource source) {
        if (closed) {
            return;
        }
        try {
            if (running.stream().anyMatch(other -> other.name().equals(source.name()))) {
                throw new IllegalStateException("a source of that name is watched already");
            }
            board.expect(source);
            running.add(source);
            added.accept(source);
        } catch (RuntimeException fault) {
            loops.failed("source-" + source.name(), fault);
        }
        if (running.contains(source)) {
            source.start(sink);
        }
    }

    private String names() {
        return String.join(",", running.stream().map(NoticeSource::name).toList());
    }

    /** Has what follows from the sources themselves shown on {@code conditions}. */
    public void report(ConditionBoard conditions) {
        conditions.watch(ConditionCode.CLOUD_UNKNOWN,
                () -> finding.state() == CloudFinding.State.DETECTING && isWatching()
                        ? List.of(Condition.of(ConditionCode.CLOUD_UNKNOWN, "node",
                                "is in no known cloud so far: " + finding.evidence()))
                        : List.of());
        conditions.watch(ConditionCode.SOURCE_ENDED, this::ended);
        conditions.watch(ConditionCode.STALE_NOTICE, () -> board.snapshot()
                .notices()
                .stream()
                .filter(BoardSnapshot.Posted::isDoubted)
                .map(posted -> Condition.of(ConditionCode.STALE_NOTICE, posted.notice().key().toString(),
                        "was past its time when it was first seen, and is not acted on: "
                                + posted.notice().description()))
                .toList());
    }

    private synchronized List<Condition> ended() {
        return closed
                ? List.of()
                : running.stream()
                        .filter(source -> !source.isRunning())
                        .map(source -> Condition.of(ConditionCode.SOURCE_ENDED, source.name(),
                                "does not look any more"))
                        .toList();
    }

    /** Has every source look at once, because the machine was paused or its clock has jumped; a deadline may be nearer by that. */
    public void lookNow(ClockJump jump) {
        log.atWarn()
                .addKeyValue("suspended", jump.suspended().toSeconds() + "s")
                .addKeyValue("calendarStep", jump.calendarStep().toSeconds() + "s")
                .addKeyValue("late", jump.late().toSeconds() + "s")
                .log("the machine was paused or its clock was set; every source is polled at once");
        running.forEach(NoticeSource::lookNow);
        detection.wake();
    }

    /** Waits until there was one attempt to find the cloud; also ends where this was closed first. */
    @Override
    public void await() throws InterruptedException {
        attempted.await();
    }

    @Override
    public Cloud now() {
        return finding.cloud();
    }

    /** Whether the configured sources are on the board, and the cloud's own as far as it is known by now. */
    public boolean isWatching() {
        return attempted.getCount() == 0;
    }

    /** The cloud's name. */
    public String cloud() {
        return finding.cloud().label();
    }

    /** What is known of the cloud now, and why. */
    public CloudFinding finding() {
        return finding;
    }

    /** What the instance says of itself, in the order to show it. */
    public Map<String, String> instance() {
        Map<String, String> facts = new LinkedHashMap<>();
        clouds.forEach(cloud -> facts.putAll(cloud.instance().get()));
        return facts;
    }

    /** Lets the provider begin early, where that is configured and this notice can be approved. */
    public void approve(NoticeKey notice) {
        Thread.ofVirtual().name("approve").start(() -> {
            try {
                List<String> refusals = new ArrayList<>();
                for (NodeSources own : clouds) {
                    var refused = own.approval().approve(notice);
                    if (refused.isEmpty()) {
                        log.atInfo().addKeyValue("notice", notice).log("event approved; it may start now");
                        return;
                    }
                    refusals.add(refused.get().message());
                }
                log.atInfo()
                        .addKeyValue("notice", notice)
                        .addKeyValue("reason", String.join("; ", refusals))
                        .log("the event was not approved; it starts at its own time");
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Whether a drained node's event is to be approved. */
    public boolean approvesWhenIdle() {
        return clouds.stream().anyMatch(own -> own.approval().approvesWhenIdle());
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        detection.end();
        attempted.countDown();
        running.forEach(NoticeSource::close);
        detection.close();
    }
}
