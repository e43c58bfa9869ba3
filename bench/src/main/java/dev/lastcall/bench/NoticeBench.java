// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

import dev.lastcall.agent.demo.TemporaryFolder;
import dev.lastcall.agent.gate.GateLoops;
import dev.lastcall.agent.telemetry.LogSettings;
import dev.lastcall.agent.telemetry.Logging;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/**
 * From a notice to the closed door. Each notice has a node of its own, with its own sources, board, drain and gate; some
 * nodes live at once, so that the polls of AWS take minutes and not a quarter of an hour.
 */
final class NoticeBench {

    private static final int NOTICES = 200;
    private static final int NODES_AT_ONCE = 4;

    /** Notices come at any moment of a poll, so the phase is drawn from more than one interval. */
    private static final long PHASE_NANOS = 1_200_000_000L;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    private final EventLoopGroup loops = GateLoops.create(1);
    private final TemporaryFolder temporary = new TemporaryFolder("lastcall-bench-notice");
    private final Path state = temporary.path();
    private final PrintWriter out;
    private final int notices;

    private NoticeBench(PrintWriter out, int notices) throws IOException {
        this.out = out;
        this.notices = notices;
    }

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        int notices = args.length == 2 && args[0].equals("--notices") ? Integer.parseInt(args[1]) : NOTICES;
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        try (Logging _ = Logging.start(LogSettings.DEFAULT, Map.of())) {
            NoticeBench bench = new NoticeBench(out, notices);
            try {
                bench.run();
            } finally {
                bench.close();
            }
        }
    }

    private void run() throws InterruptedException, ExecutionException {
        out.printf(Locale.ROOT, "%-46s %9s %9s %9s %9s%n", "milliseconds over " + notices + " notices", "p50", "p99",
                "max", "first");
        for (ReclaimedCloud cloud : ReclaimedCloud.values()) {
            List<NoticeTimes> times = times(cloud);
            row(cloud + ", value visible to door closed", times, NoticeTimes::fromVisible);
            row(cloud + ", answer received to door closed", times, NoticeTimes::fromAnswer);
        }
    }

    private List<NoticeTimes> times(ReclaimedCloud cloud) throws InterruptedException, ExecutionException {
        List<NoticeTimes> times = new ArrayList<>();
        // The first one alone: a real node's only notice meets code that has never run.
        times.add(one(cloud, 0));
        try (ExecutorService nodes = Executors.newFixedThreadPool(NODES_AT_ONCE)) {
            List<Future<NoticeTimes>> running = new ArrayList<>();
            for (int i = 1; i < notices; i++) {
                int number = i;
                running.add(nodes.submit(() -> one(cloud, number)));
            }
            for (Future<NoticeTimes> one : running) {
                times.add(one.get());
            }
        }
        return times;
    }

    private NoticeTimes one(ReclaimedCloud cloud, int number) throws InterruptedException, ExecutionException {
        try (NoticedNode node = new NoticedNode(cloud, vertx, loops, state.resolve(cloud + "-" + number))) {
            node.awaitWatching();
            long until = System.nanoTime() + RandomGenerator.getDefault().nextLong(PHASE_NANOS);
            for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return node.notice();
        } catch (IOException failed) {
            throw new ExecutionException(failed);
        }
    }

    private void row(String what, List<NoticeTimes> times, ToLongFunction<NoticeTimes> part) {
        long[] sorted = times.stream().mapToLong(part).sorted().toArray();
        out.printf(Locale.ROOT, "%-46s %9.3f %9.3f %9.3f %9.3f%n", what, percentile(sorted, 50),
                percentile(sorted, 99), percentile(sorted, 100), part.applyAsLong(times.getFirst()) / 1e6);
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted[(int) Math.ceil(sorted.length * percent / 100.0) - 1] / 1e6;
    }

    private void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        vertx.close().await();
        temporary.close();
    }
}
