// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import dev.lastcall.agent.demo.TemporaryFolder;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.script.Timeline;

/**
 * What {@code lastcall run} costs a node on which nothing happens: the program as it is packaged, one gate, AWS's sources
 * on a simulated cloud, no Kubernetes; and beside it one that only watches, without a gate.
 */
final class IdleBench {

    private static final int STARTS = 5;
    private static final int SECONDS = 60;

    private static final String CONFIG = """
            cloud: aws
            stateDirectory: FOLDER/state
            aws:
              endpoints: [ENDPOINT]
            servers:
              - name: bench
                url: http://127.0.0.1:1
                kind: generic
            GATE
            api:
              listen: 127.0.0.1:0
              socket: FOLDER/control.sock
            """;

    private static final String GATE = "    gate: { listen: 127.0.0.1:0 }";

    private final PrintWriter out;
    private final int seconds;
    private final Path folder;
    private final AgentProgram program;
    private final Path home;

    private IdleBench(PrintWriter out, Path home, int seconds, Path folder) {
        this.out = out;
        this.seconds = seconds;
        this.home = home;
        this.folder = folder;
        this.program = new AgentProgram(home, folder);
    }

    /** @param args the folder of the packaged program, then maybe {@code --seconds N} */
    public static void main(String[] args) throws IOException {
        int seconds = args.length == 3 && args[1].equals("--seconds") ? Integer.parseInt(args[2]) : SECONDS;
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        try (TemporaryFolder folder = new TemporaryFolder("lastcall-bench-idle");
                Simulator cloud = Simulator.aws(Timeline.EMPTY).start()) {
            new IdleBench(out, Path.of(args[0]).toAbsolutePath(), seconds, folder.path()).run(cloud.endpoint());
        }
    }

    private void run(URI endpoint) throws IOException {
        Path config = config(folder, endpoint, GATE);
        // The first start of an installation writes the archive of classes that the others read; it does so at its end.
        double first = ready(config);
        double[] starts = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            starts[i] = ready(config);
        }
        Arrays.sort(starts);
        out.printf(Locale.ROOT, "%-54s %12s %12s%n",
                program.isPackaged()
                        ? "lastcall run as packaged, idle: AWS, one gate"
                        : "lastcall run, idle: AWS, one gate",
                "measured", "reach");
        row("ready after, s, median of " + STARTS, starts[STARTS / 2], program.isPackaged() ? "0.5" : "1");
        row(program.isPackaged() ? "  the first start, s" : "  the first start, without class archive, s", first, "");
        AgentProgram watching = new AgentProgram(home, Files.createDirectory(folder.resolve("watching")));
        try (MeasuredProcess agent = program.start(config);
                MeasuredProcess watcher = watching.start(config(watching.folder(), endpoint, ""))) {
            program.awaitReady(agent);
            watching.awaitReady(watcher);
            double[] begun = {agent.cpuSeconds(), watcher.cpuSeconds()};
            rest();
            double[] resident = {agent.residentMebibytes(), watcher.residentMebibytes()};
            double[] between = {agent.cpuSeconds(), watcher.cpuSeconds()};
            rest();
            double[] ended = {agent.cpuSeconds(), watcher.cpuSeconds()};
            for (int i = 0; i < begun.length; i++) {
                String which = i == 0 ? "" : "without a gate: ";
                row(which + "RSS after " + seconds + " s, MiB", resident[i], program.isPackaged() ? "85" : "110");
                row(which + "CPU in the first " + seconds + " s, % of a core", (between[i] - begun[i]) * 100 / seconds,
                        "");
                row(which + "CPU in the next " + seconds + " s, % of a core", (ended[i] - between[i]) * 100 / seconds,
                        "0.3");
            }
        }
    }

    private static Path config(Path folder, URI endpoint, String gate) throws IOException {
        return Files.writeString(folder.resolve("lastcall.yaml"),
                CONFIG.replace("FOLDER", folder.toString())
                        .replace("ENDPOINT", endpoint.toString())
                        .replace("GATE", gate));
    }

    private void row(String what, double measured, String reach) {
        out.printf(Locale.ROOT, "%-54s %12.2f %12s%n", what, measured, reach);
    }

    private double ready(Path config) throws IOException {
        long begun = System.nanoTime();
        try (MeasuredProcess agent = program.start(config)) {
            program.awaitReady(agent);
            return (System.nanoTime() - begun) / 1e9;
        }
    }

    private void rest() {
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
