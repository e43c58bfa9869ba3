// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.Timeline;

/**
 * What {@code lastcall run} costs a node on which nothing happens: the program as it is packaged, one gate, AWS's sources
 * on a simulated cloud, no Kubernetes.
 */
final class IdleBench {

    private static final int STARTS = 5;
    private static final int SECONDS = 60;
    private static final long START_BOUND_NANOS = 30_000_000_000L;

    private static final String CONFIG = """
            cloud: aws
            stateDirectory: FOLDER/state
            aws:
              endpoints: [ENDPOINT]
            servers:
              - name: bench
                url: http://127.0.0.1:1
                kind: generic
                gate:
                  listen: 127.0.0.1:0
            api:
              listen: 127.0.0.1:0
              socket: FOLDER/control.sock
            """;

    private final PrintWriter out;
    private final Path home;
    private final int seconds;
    private final Path folder = Files.createTempDirectory("lastcall-bench-idle");
    private final Path log = folder.resolve("out");

    private IdleBench(PrintWriter out, Path home, int seconds) throws IOException {
        this.out = out;
        this.home = home;
        this.seconds = seconds;
    }

    /** @param args the folder of the packaged program, then maybe {@code --seconds N} */
    public static void main(String[] args) throws IOException {
        int seconds = args.length == 3 && args[1].equals("--seconds") ? Integer.parseInt(args[2]) : SECONDS;
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        try (Simulator cloud = Simulator.aws(Timeline.EMPTY).start()) {
            new IdleBench(out, Path.of(args[0]).toAbsolutePath(), seconds).run(cloud.endpoint());
        }
    }

    private void run(URI endpoint) throws IOException {
        Files.writeString(folder.resolve("lastcall.yaml"),
                CONFIG.replace("FOLDER", folder.toString()).replace("ENDPOINT", endpoint.toString()));
        // The first start of an installation writes the archive of classes that the others read; it does so at its end.
        double first = ready();
        double[] starts = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            starts[i] = ready();
        }
        Arrays.sort(starts);
        out.printf(Locale.ROOT, "%-46s %12s %12s%n",
                isPackaged() ? "lastcall run as packaged, idle: AWS, one gate" : "lastcall run, idle: AWS, one gate",
                "measured", "reach");
        row("ready after, s, median of " + STARTS, starts[STARTS / 2], isPackaged() ? "0.5" : "1");
        row(isPackaged() ? "  the first start, s" : "  the first start, without class archive, s", first, "");
        try (MeasuredProcess agent = start()) {
            awaitReady(agent);
            double early = cpu(agent);
            double resident = agent.residentMebibytes();
            double late = cpu(agent);
            row("RSS after " + seconds + " s, MiB", resident, isPackaged() ? "85" : "110");
            row("CPU in the first " + seconds + " s, % of a core", early, "");
            row("CPU in the next " + seconds + " s, % of a core", late, "0.3");
        }
    }

    private void row(String what, double measured, String reach) {
        out.printf(Locale.ROOT, "%-46s %12.2f %12s%n", what, measured, reach);
    }

    private double ready() throws IOException {
        long begun = System.nanoTime();
        try (MeasuredProcess agent = start()) {
            awaitReady(agent);
            return (System.nanoTime() - begun) / 1e9;
        }
    }

    private double cpu(MeasuredProcess agent) throws IOException {
        double before = agent.cpuSeconds();
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return (agent.cpuSeconds() - before) * 100 / seconds;
    }

    private MeasuredProcess start() throws IOException {
        List<String> command = new ArrayList<>(isPackaged()
                ? List.of(launcher().toString())
                : List.of(System.getProperty("java.home") + "/bin/java", "@" + home + "/jvm.options",
                        "-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + folder.resolve("classes.jsa"), "-cp",
                        home + "/lib/*", "dev.lastcall.agent.Main"));
        command.addAll(List.of("run", "--config", folder.resolve("lastcall.yaml").toString()));
        return MeasuredProcess.start(log, command);
    }

    /** Whether the program has its own Java and AOT cache beside it. */
    private boolean isPackaged() {
        return Files.isExecutable(launcher());
    }

    private Path launcher() {
        return home.resolve("lastcall");
    }

    private void awaitReady(MeasuredProcess agent) throws IOException {
        long until = System.nanoTime() + START_BOUND_NANOS;
        while (!Files.readString(log).contains(" ready ")) {
            if (!agent.isAlive() || System.nanoTime() - until > 0) {
                throw new IOException("lastcall run is not ready; it said:\n" + Files.readString(log));
            }
            LockSupport.parkNanos(2_000_000L);
        }
    }
}
