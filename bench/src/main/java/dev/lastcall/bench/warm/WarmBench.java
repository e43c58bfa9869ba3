// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.ToDoubleFunction;

import dev.lastcall.bench.warm.Peer.Run;

/** The warm-up beside its peers, in turn, from one server: CPU, rate and memory; then what only it is asked for. */
final class WarmBench {

    private static final double GIBIBYTE = 1L << 30;
    private static final int[] KILLED_AT_PERCENT = {10, 50, 99};
    private static final int[] SHAPED_CONNECTIONS = {8, 16, 32};
    private static final int[] THROTTLED_AT = {6, 12};

    /** So much that the start of the program counts little, as it does with real weights. */
    private static final int SHAPED_FILES = 4;
    private static final long SHAPED_FILE_BYTES = 2L << 30;

    private static final int MANY_CONNECTIONS = 256;
    private static final int STARTS = 11;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    private final Options options;
    private final ClientProgram program;

    private WarmBench(Options options, ClientProgram program) {
        this.options = options;
        this.program = program;
    }

    /** @param args the folder of the built program, then see {@link Options} */
    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = Options.parse(args);
        Path source = Files.createTempDirectory(options.memory(), "lastcall-bench");
        try {
            new WarmBench(options, new ClientProgram(options.home())).run(source);
        } finally {
            BenchFolders.delete(source);
        }
    }

    private void run(Path source) throws IOException, InterruptedException {
        out.printf(Locale.ROOT, "O_DIRECT writes to %s: %.2f GiB/s%n", options.disk(),
                DiskRate.measure(options.disk()));
        if (options.sections().contains("start")) {
            start();
        }
        for (String shape : options.shapes()) {
            Weights weights = Weights.random(source, shape);
            try (WeightsServer server = WeightsServer.start(weights)) {
                for (String section : options.sections()) {
                    switch (section) {
                        case "disk" -> table(weights, server, "to the disk, flushed", options.disk(), true, false);
                        case "cache" -> table(weights, server, "to the page cache", options.memory(), false, false);
                        case "tls" -> table(weights, server, "to the page cache, TLS", options.memory(), false, true);
                        case "kill" -> kills(weights, server);
                        default -> {
                        }
                    }
                }
            }
            BenchFolders.delete(weights.folder());
        }
        if (options.sections().contains("shaped")) {
            shaped(source);
        }
        if (options.sections().contains("throttled")) {
            throttled(source);
        }
        if (options.sections().contains("memory")) {
            memory(source);
        }
    }

    private void start() throws IOException, InterruptedException {
        out.printf(Locale.ROOT, "%nfrom the start of the program to its first request, medians of %d%n", STARTS);
        List<Peer> peers = options.peers()
                .stream()
                .filter(peer -> peer == Peer.LASTCALL || peer == Peer.S5CMD)
                .toList();
        Map<Peer, double[]> seconds = new EnumMap<>(Peer.class);
        Path folder = Files.createTempDirectory(options.memory(), "lastcall-bench-to");
        for (int i = 0; i < STARTS; i++) {
            for (Peer peer : peers) {
                seconds.computeIfAbsent(peer, p -> new double[STARTS])[i] = FirstRequest.secondsTo(
                        origin -> peer.command(new Run(origin, List.of("one"), folder, folder, 8),
                                program, false));
            }
        }
        BenchFolders.delete(folder);
        seconds.forEach((peer, all) -> {
            Arrays.sort(all);
            out.printf(Locale.ROOT, "%-34s %10.2f s, at least %.2f, at most %.2f%n", peer.label(), all[STARTS / 2],
                    all[0], all[STARTS - 1]);
        });
    }

    private void table(Weights weights, WeightsServer server, String what, Path target, boolean flushed, boolean tls)
            throws IOException, InterruptedException {
        Map<Peer, List<MeasuredCommand>> measured = new EnumMap<>(Peer.class);
        double serverCpu = server.cpuSeconds();
        for (int round = 0; round < options.rounds(); round++) {
            // Who comes first finds another machine than who comes last: each round begins with another.
            List<Peer> order = new ArrayList<>(options.peers());
            Collections.rotate(order, -round);
            for (Peer peer : order) {
                measured.computeIfAbsent(peer, p -> new ArrayList<>())
                        .add(once(peer, weights, server, tls, target, flushed, round == 0));
            }
        }
        double runs = options.rounds() * (double) options.peers().size();
        out.printf(Locale.ROOT, "%n%s %s; medians of %d; the server took %.2f CPU-s/GiB%n", weights.label(), what,
                options.rounds(), (server.cpuSeconds() - serverCpu) / runs / weights.gibibytes());
        out.printf(Locale.ROOT, "%-34s %10s %10s %14s%n", "", "CPU-s/GiB", "GiB/s", "peak RSS, MiB");
        measured.forEach((peer, all) -> out.printf(Locale.ROOT, "%-34s %10.2f %10.2f %14.0f%n", peer.label(),
                median(all, MeasuredCommand::cpuSeconds) / weights.gibibytes(),
                weights.gibibytes() / median(all, MeasuredCommand::seconds),
                median(all, MeasuredCommand::peakMebibytes)));
    }

    private MeasuredCommand once(Peer peer, Weights weights, WeightsServer server, boolean tls, Path target,
            boolean flushed, boolean checked) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(target, "lastcall-bench-to");
        try {
            Run run = new Run(server.origin(tls), weights.names(), folder, server.certificate(), Run.CONNECTIONS);
            TouchedMemory.of(options.memory(), weights.bytes());
            MeasuredCommand measured = execute(run, peer.command(run, program, flushed), flushed,
                    MeasuredCommand.NEVER);
            if (checked) {
                weights.check(folder);
            }
            return measured;
        } finally {
            BenchFolders.delete(folder);
        }
    }

    private static MeasuredCommand execute(Run run, List<String> command, boolean flushed, LongPredicate kill)
            throws IOException, InterruptedException {
        Map<String, String> environment = Map.of("AWS_ENDPOINT_URL_S3", run.origin(), "AWS_ACCESS_KEY_ID", "bench",
                "AWS_SECRET_ACCESS_KEY", "bench", "AWS_REGION", "us-east-1", "SSL_CERT_FILE",
                run.certificate().toString());
        return MeasuredCommand.run(command, environment, run.target(), flushed ? run.target().toString() : "", kill);
    }

    private void shaped(Path source) throws IOException, InterruptedException {
        Weights weights = Weights.sparse(source, SHAPED_FILES, SHAPED_FILE_BYTES);
        out.printf(Locale.ROOT, "%n%s, 30 ms to the first byte, 50 MB/s a connection, to the page cache%n",
                weights.label());
        out.printf(Locale.ROOT, "%-34s %10s %22s%n", "lastcall warm", "MB/s", "of connections x 50");
        int most = SHAPED_CONNECTIONS[SHAPED_CONNECTIONS.length - 1];
        out.printf(Locale.ROOT, "%-34s %10.0f%n", "  this machine's limit, unshaped",
                shaped(weights, most, Long.MAX_VALUE, Integer.MAX_VALUE));
        for (int connections : SHAPED_CONNECTIONS) {
            shapedRow(connections + " connections", connections,
                    shaped(weights, connections, ShapedServer.BYTES_PER_SECOND, Integer.MAX_VALUE));
        }
        BenchFolders.delete(weights.folder());
    }

    private void throttled(Path source) throws IOException, InterruptedException {
        Weights weights = Weights.sparse(source, SHAPED_FILES, SHAPED_FILE_BYTES);
        out.printf(Locale.ROOT, "%n%s, the same, but each request beyond so many at a time is answered 503%n",
                weights.label());
        for (int granted : THROTTLED_AT) {
            shapedRow(granted + " at a time", granted,
                    shaped(weights, Run.CONNECTIONS, ShapedServer.BYTES_PER_SECOND, granted));
        }
        BenchFolders.delete(weights.folder());
    }

    /** @param rate in MB/s, which is shown as a share of what so many connections could bring */
    private void shapedRow(String label, int connections, double rate) {
        out.printf(Locale.ROOT, "%-34s %10.0f %21.0f%%%n", "  " + label, rate,
                rate * 1e8 / connections / ShapedServer.BYTES_PER_SECOND);
    }

    /** The rate from the start of the program to its end, in MB/s. */
    private double shaped(Weights weights, int connections, long bytesPerSecond, int granted)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(options.memory(), "lastcall-bench-to");
        try (ShapedServer server = ShapedServer.start(weights, bytesPerSecond, granted)) {
            Run run = new Run(server.origin(), weights.names(), folder, folder, connections);
            TouchedMemory.of(options.memory(), weights.bytes());
            MeasuredCommand measured = MeasuredCommand.run(Peer.warmUp(program, run), Map.of(), folder, "",
                    MeasuredCommand.NEVER);
            return weights.bytes() / measured.seconds() / 1e6;
        } finally {
            BenchFolders.delete(folder);
        }
    }

    private void kills(Weights weights, WeightsServer server) throws IOException, InterruptedException {
        out.printf(Locale.ROOT, "%n%s, kill -9, then again: fetched beyond the size%n", weights.label());
        for (int percent : KILLED_AT_PERCENT) {
            Path folder = Files.createTempDirectory(options.disk(), "lastcall-bench-to");
            Run run = new Run(server.origin(false), weights.names(), folder, server.certificate(), 8);
            List<String> command = Peer.LASTCALL.command(run, program, true);
            long before = server.bytesSent();
            MeasuredCommand killed = execute(run, command, false,
                    written -> written >= weights.bytes() / 100 * percent);
            execute(run, command, false, MeasuredCommand.NEVER);
            weights.check(folder);
            double again = (server.bytesSent() - before - weights.bytes()) / (double) (1 << 20);
            out.printf(Locale.ROOT, "%-34s %10.1f MiB  (at most 8 parts of 16 MiB in the air)%s%n",
                    "  at " + percent + " %, 8 connections", again, killed.wasKilled() ? "" : "  it had ended before");
            BenchFolders.delete(folder);
        }
    }

    private void memory(Path source) throws IOException, InterruptedException {
        Weights weights = Weights.sparse(source, 1, options.sparseBytes());
        try (WeightsServer server = WeightsServer.start(weights)) {
            Path folder = Files.createTempDirectory(options.disk(), "lastcall-bench-to");
            Run run = new Run(server.origin(false), weights.names(), folder, server.certificate(), MANY_CONNECTIONS);
            MeasuredCommand measured = execute(run, Peer.LASTCALL.command(run, program, true), true,
                    MeasuredCommand.NEVER);
            weights.check(folder);
            out.printf(Locale.ROOT, "%n%s, at most %d connections: %.0f MiB at most, %.2f GiB/s, %.2f CPU-s/GiB%n",
                    weights.label(), MANY_CONNECTIONS, measured.peakMebibytes(),
                    weights.bytes() / GIBIBYTE / measured.seconds(),
                    measured.cpuSeconds() * GIBIBYTE / weights.bytes());
            BenchFolders.delete(folder);
        }
    }

    private static double median(List<MeasuredCommand> runs, ToDoubleFunction<MeasuredCommand> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
