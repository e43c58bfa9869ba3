// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.demo.TemporaryFolder;

/**
 * The gate beside nginx, before the same server, each pinned to the same core and measured in turn: added latency,
 * requests and CPU, events and CPU, and many streams at once.
 */
final class GateBench {

    private static final int LOAD_CORE = 0;
    private static final int PROXY_CORE = 1;
    private static final int ROUNDS = 5;
    private static final int PER_SECOND = 500;
    private static final int FAST_STREAMS = 32;
    private static final int FAST_EVENTS = 20_000;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern FAULTS = Pattern.compile("Non-2xx|Socket errors");

    private final PrintWriter out;
    private final int seconds;
    private final int streams;
    private final int serverPort;
    private final TemporaryFolder logs = new TemporaryFolder("lastcall-bench-gate");

    private GateBench(PrintWriter out, int seconds, int streams) throws IOException {
        this.out = out;
        this.seconds = seconds;
        this.streams = streams;
        this.serverPort = FreePort.find();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int seconds = 5;
        int streams = 2000;
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--seconds" -> seconds = Integer.parseInt(args[i + 1]);
                case "--streams" -> streams = Integer.parseInt(args[i + 1]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        GateBench bench = new GateBench(out, seconds, streams);
        try {
            bench.run();
        } finally {
            bench.logs.close();
        }
    }

    private void run() throws IOException, InterruptedException {
        OtherLoad others = new OtherLoad();
        out.printf(Locale.ROOT, "%-46s %12s %12s %10s%n", "", "gate", "nginx", "gate/nginx");
        try (MeasuredProcess server = Nginx.server(LOAD_CORE, serverPort)) {
            int gatePort = FreePort.find();
            int nginxPort = FreePort.find();
            try (MeasuredProcess gate = gate(gatePort, serverPort);
                    MeasuredProcess nginx = Nginx.proxy(PROXY_CORE, nginxPort, serverPort)) {
                awaitPorts(server, serverPort, gatePort, nginxPort);
                wrk(gatePort, Math.max(8, seconds));
                requests(gate, gatePort, nginx, nginxPort);
                latency(gatePort, nginxPort);
            }
        }
        try (EventSource source = new EventSource()) {
            int gatePort = FreePort.find();
            int nginxPort = FreePort.find();
            try (MeasuredProcess gate = gate(gatePort, source.port());
                    MeasuredProcess nginx = Nginx.proxy(PROXY_CORE, nginxPort, source.port())) {
                awaitPorts(gate, gatePort, nginxPort);
                events(gate, gatePort, nginx, nginxPort);
            }
            try (MeasuredProcess gate = gate(gatePort, source.port())) {
                awaitPorts(gate, gatePort);
                many("gate", gate, gatePort);
            }
            try (MeasuredProcess nginx = Nginx.proxy(PROXY_CORE, nginxPort, source.port())) {
                awaitPorts(nginx, nginxPort);
                many("nginx", nginx, nginxPort);
            }
        }
        double cores = others.cores();
        out.printf(Locale.ROOT, "CPU used by other processes meanwhile: %.2f cores%s%n", cores,
                cores > OtherLoad.TOLERATED_CORES
                        ? "; the machine was busy, and none of these figures is to be relied on"
                        : "");
    }

    private MeasuredProcess gate(int listen, int upstream) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=128m", "-XX:+UseCompactObjectHeaders",
                        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(Arrays.stream(System.getProperty("lastcall.bench.gate.options", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .toList());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GateProcess.class.getName(),
                Integer.toString(listen), Integer.toString(upstream)));
        return MeasuredProcess.start(PROXY_CORE, logs.path().resolve("gate-" + listen), command);
    }

    private void requests(MeasuredProcess gate, int gatePort, MeasuredProcess nginx, int nginxPort)
            throws IOException, InterruptedException {
        double[] gateRates = new double[ROUNDS];
        double[] nginxRates = new double[ROUNDS];
        double[] gateCosts = new double[ROUNDS];
        double[] nginxCosts = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            measure(gate, gatePort, gateRates, gateCosts, i);
            measure(nginx, nginxPort, nginxRates, nginxCosts, i);
        }
        row("small requests per second, one core", median(gateRates), median(nginxRates), "%.0f");
        row("  CPU per request, µs", median(gateCosts), median(nginxCosts), "%.1f");
    }

    private void measure(MeasuredProcess proxy, int port, double[] rates, double[] costs, int round)
            throws IOException, InterruptedException {
        double before = proxy.cpuSeconds();
        rates[round] = wrk(port, seconds);
        costs[round] = (proxy.cpuSeconds() - before) * 1e6 / (rates[round] * seconds);
    }

    private double wrk(int port, int time) throws IOException, InterruptedException {
        Process wrk = new ProcessBuilder("taskset", "-c", Integer.toString(LOAD_CORE), "wrk", "-t1", "-c32",
                "-d" + time + "s",
                "http://127.0.0.1:" + port + "/v1/models").redirectErrorStream(true).start();
        String report = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        wrk.waitFor();
        Matcher rate = RATE.matcher(report);
        if (!rate.find() || FAULTS.matcher(report).find()) {
            throw new IOException("wrk saw faults, or did not run; if it timed out, is the machine busy?\n" + report);
        }
        return Double.parseDouble(rate.group(1));
    }

    private void latency(int gatePort, int nginxPort) throws InterruptedException {
        List<Integer> targets = List.of(serverPort, gatePort, nginxPort);
        PacedRequests.run(targets, PER_SECOND, Duration.ofSeconds(2));
        List<long[]> latencies = PacedRequests.run(targets, PER_SECOND, Duration.ofSeconds(seconds * 2L));
        for (int percent : new int[]{50, 99}) {
            double direct = percentile(latencies.get(0), percent);
            row("added latency at " + PER_SECOND + " requests/s, p" + percent + ", ms",
                    percentile(latencies.get(1), percent) - direct, percentile(latencies.get(2), percent) - direct,
                    "%.3f");
        }
    }

    private void events(MeasuredProcess gate, int gatePort, MeasuredProcess nginx, int nginxPort)
            throws IOException, InterruptedException {
        double[] unused = new double[1];
        pour(gate, gatePort, unused, unused, 0);
        double[] gateRates = new double[ROUNDS];
        double[] nginxRates = new double[ROUNDS];
        double[] gateCosts = new double[ROUNDS];
        double[] nginxCosts = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            pour(gate, gatePort, gateRates, gateCosts, i);
            pour(nginx, nginxPort, nginxRates, nginxCosts, i);
        }
        row("events per second, " + FAST_STREAMS + " streams unpaced", median(gateRates), median(nginxRates), "%.0f");
        row("  CPU per event, µs", median(gateCosts), median(nginxCosts), "%.2f");
    }

    private void pour(MeasuredProcess proxy, int port, double[] rates, double[] costs, int round)
            throws IOException, InterruptedException {
        double before = proxy.cpuSeconds();
        long start = System.nanoTime();
        try (EventSink sink = new EventSink(FAST_STREAMS)) {
            sink.open(port, "/fast/" + FAST_EVENTS);
            int dropped = sink.awaitDropped(120);
            if (dropped > 0) {
                throw new IOException(dropped + " of " + FAST_STREAMS + " streams did not end whole");
            }
            rates[round] = sink.events() * 1e9 / (System.nanoTime() - start);
            costs[round] = (proxy.cpuSeconds() - before) * 1e6 / sink.events();
        }
    }

    private void many(String name, MeasuredProcess proxy, int port) throws IOException, InterruptedException {
        int time = seconds * 3;
        int each = time * EventSource.EVENTS_PER_SECOND;
        try (EventSink sink = new EventSink(streams)) {
            sink.open(port, "/paced/" + each);
            double peak = 0;
            double before = proxy.cpuSeconds();
            long start = System.nanoTime();
            long events = sink.events();
            for (int i = 0; i < time - 2; i++) {
                LockSupport.parkNanos(1_000_000_000L);
                peak = Math.max(peak, proxy.residentMebibytes());
            }
            double elapsed = (System.nanoTime() - start) / 1e9;
            double cpu = proxy.cpuSeconds() - before;
            double rate = (sink.events() - events) / elapsed;
            int dropped = sink.awaitDropped(60);
            long missing = (long) streams * each - sink.events();
            out.printf(Locale.ROOT,
                    "%d streams at %d events/s through %s: %d dropped, %d events missing, %.0f events/s, RSS %.0f MiB,"
                            + " CPU %.0f %% of a core, %.1f µs per event%n",
                    streams, EventSource.EVENTS_PER_SECOND, name, dropped, missing, rate, peak, cpu * 100 / elapsed,
                    cpu * 1e6 / (rate * elapsed));
        }
    }

    private void row(String what, double gate, double nginx, String format) {
        out.printf(Locale.ROOT, "%-46s %12s %12s %10.2f%n", what, String.format(Locale.ROOT, format, gate),
                String.format(Locale.ROOT, format, nginx), gate / nginx);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted[(int) ((sorted.length - 1L) * percent / 100)] / 1e6;
    }

    private static void awaitPorts(MeasuredProcess process, int... ports) throws IOException {
        long until = System.nanoTime() + 20_000_000_000L;
        for (int port : ports) {
            while (!isOpen(port)) {
                if (!process.isAlive() || System.nanoTime() - until > 0) {
                    throw new IOException("nothing listens on port " + port + " after 20 s");
                }
                LockSupport.parkNanos(50_000_000L);
            }
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
