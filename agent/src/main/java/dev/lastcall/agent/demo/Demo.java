// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.demo.load.LoadGenerator;
import dev.lastcall.agent.demo.load.LoadPlan;
import dev.lastcall.agent.demo.load.Verdict;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.NodeClock;
import io.vertx.core.Vertx;

/** Runs the story once, from the first request to the table. */
final class Demo {

    private static final Duration LOOK = Duration.ofMillis(50);
    /** On a machine so slow that answers take longer, the story goes on. */
    private static final Duration LONGEST_BEFORE = Duration.ofSeconds(15);
    /** Time after the end, to see what answer late clients get. */
    private static final Duration AFTER = Duration.ofMillis(1500);
    /** How long after its deadline a drain is waited for. */
    private static final Duration OVERTIME = Duration.ofSeconds(3);
    /** A request without a byte for so long has hung: many times what one of the built-in server takes. */
    private static final Duration SILENCE = Duration.ofSeconds(20);
    /** A real server may take minutes to the first byte of a plain answer. */
    private static final Duration SILENCE_OF_A_REAL_SERVER = Duration.ofMinutes(3);
    private static final int TOKENS_PER_SECOND = 40;
    private static final int FEWEST_TOKENS = 40;
    private static final int MOST_TOKENS = 200;

    private final DemoParts parts;
    private final Vertx vertx;
    private final Duration before;
    private final NodeClock clock = NodeClock.system();

    Demo(DemoParts parts, Vertx vertx, Duration before) {
        this.parts = parts;
        this.vertx = vertx;
        this.before = before;
    }

    DemoReport run(DemoOptions options, StoryScreen storyScreen) throws InterruptedException {
        URI upstream = options.upstream();
        if (upstream != null) {
            return run(options, storyScreen, upstream, new ModelName(vertx).of(upstream), new LeftAlone());
        }
        try (CompletionServer server = CompletionServer.start(vertx, TOKENS_PER_SECOND)) {
            return run(options, storyScreen, server.url(), "demo", new BuiltInStopper(server));
        }
    }

    private DemoReport run(DemoOptions options, StoryScreen storyScreen, URI server, String model, Stopper stopper)
            throws InterruptedException {
        try (var state = new TemporaryFolder("lastcall-demo")) {
            return run(options, storyScreen, server, model, stopper, state.path());
        }
    }

    private DemoReport run(DemoOptions options, StoryScreen storyScreen, URI server, String model, Stopper stopper,
            Path state)
            throws InterruptedException {
        var story = new Story(storyScreen, options);
        try (ReclaimingCloud cloud = ReclaimingCloud.start(options.cloud(), options.window());
                DemoNode node = options.withLastcall()
                        ? parts.node(options, cloud, server, stopper, vertx, state)
                        : new UnguardedNode(cloud, options.window(), server, stopper);
                var load = new LoadGenerator(plan(options, node, model))) {
            story.event(options.streaming() + " streaming and " + options.plain() + " plain clients ask " + node.url()
                    + " without pause");
            load.start();
            long earliest = clock.nanoTime() + before.toNanos();
            int enough = options.streaming() + options.plain();
            watch(story, node, load, () -> clock.nanoTime() - earliest >= 0
                    && load.table().count(Verdict.COMPLETE) >= enough, LONGEST_BEFORE);
            cloud.reclaim();
            long notice = clock.nanoTime();
            story.event(options.cloud().title() + " says it takes this node back in " + options.window().toSeconds()
                    + " s" + (options.withLastcall() ? "" : "; no agent runs, and the server is asked to stop"));
            boolean ended = watch(story, node, load, () -> node.status().over(), options.window().plus(OVERTIME));
            boolean inTime = clock.nanoTime() - notice < options.window().toNanos();
            long end = clock.nanoTime() + AFTER.toNanos();
            watch(story, node, load, () -> clock.nanoTime() - end >= 0, AFTER);
            load.stop();
            load.awaitEnd(silence(options).plusSeconds(5));
            story.endLive();
            story.event("the end");
            story.line("");
            return new DemoReport(options, load.table(), ended && inTime);
        }
    }

    /** Shows how things stand until {@code end} or for {@code bound}; whether it was the former. */
    private boolean watch(Story story, DemoNode node, LoadGenerator load, BooleanSupplier end, Duration bound)
            throws InterruptedException {
        long giveUp = clock.nanoTime() + bound.toNanos();
        while (true) {
            boolean ended = end.getAsBoolean();
            story.look(node.status(), load.table(), load.inFlight());
            if (ended || clock.nanoTime() - giveUp > 0) {
                return ended;
            }
            clock.sleep(LOOK);
        }
    }

    private static LoadPlan plan(DemoOptions options, DemoNode node, String model) {
        return LoadPlan.against(node.url().resolve("/v1/completions"), options.streaming(), options.plain())
                .withModel(model)
                .withTokens(FEWEST_TOKENS, MOST_TOKENS)
                .withSilence(silence(options))
                .withCutting(() -> node.status().phase().equals("cutting") || node.status().stopSent());
    }

    private static Duration silence(DemoOptions options) {
        return options.upstream() == null ? SILENCE : SILENCE_OF_A_REAL_SERVER;
    }

    /** A server that is not the demo's to stop. */
    private static final class LeftAlone implements Stopper {
        @Override
        public Outcome terminate(Duration bound) {
            return Outcome.DONE;
        }

        @Override
        public Outcome kill(Duration bound) {
            return Outcome.DONE;
        }

        @Override
        public boolean isGone() {
            return true;
        }
    }

    private record BuiltInStopper(CompletionServer server) implements Stopper {
        @Override
        public Outcome terminate(Duration bound) {
            server.stop();
            return Outcome.DONE;
        }

        @Override
        public Outcome kill(Duration bound) {
            server.stop();
            return Outcome.DONE;
        }

        @Override
        public boolean isGone() {
            return server.isStopped();
        }
    }
}
