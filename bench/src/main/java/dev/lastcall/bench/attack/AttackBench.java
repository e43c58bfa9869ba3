// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.attack;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.demo.TemporaryFolder;
import dev.lastcall.bench.AgentProgram;
import dev.lastcall.bench.FreePort;
import dev.lastcall.bench.MeasuredProcess;
import dev.lastcall.bench.OtherLoad;

/**
 * The agent's program with a gate, a good client, and one attack after the other, each on a fresh process: what the good
 * client waits, what of it fails, and what the attack makes the process keep.
 */
final class AttackBench {

    private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured) +total \\d+K, used (\\d+)K");
    private static final String CONFIG = """
            cloud: none
            stateDirectory: FOLDER/state
            servers:
              - name: bench
                url: http://127.0.0.1:UPSTREAM
                kind: generic
                gate: { listen: 127.0.0.1:GATE }
            api: { listen: 127.0.0.1:0, socket: FOLDER/lastcall.sock }
            """;
    private static final int WARM_SECONDS = 3;
    private static final int JCMD_SECONDS = 10;

    private final PrintWriter out;
    private final Path home;
    private final int seconds;
    private final List<Attack> attacks;

    private AttackBench(PrintWriter out, Path home, int seconds, List<Attack> attacks) {
        this.out = out;
        this.home = home;
        this.seconds = seconds;
        this.attacks = attacks;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path home = Path.of(args[0]);
        int seconds = 10;
        List<Attack> attacks = List.of(Attack.values());
        for (int i = 1; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--home" -> home = Path.of(args[i + 1]);
                case "--seconds" -> seconds = Integer.parseInt(args[i + 1]);
                case "--only" -> attacks = Arrays.stream(args[i + 1].split(",", -1))
                        .map(name -> Attack.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')))
                        .toList();
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        new AttackBench(new PrintWriter(System.out, true, StandardCharsets.UTF_8), home.toAbsolutePath(), seconds,
                attacks).run();
    }

    private void run() throws IOException, InterruptedException {
        OtherLoad others = new OtherLoad();
        out.printf(Locale.ROOT, "%-20s %11s %9s %9s %7s %9s %9s  %s%n", "attack from one host", "connections",
                "p50, ms", "p99, ms",
                "failed", "RSS, MiB", "heap, MiB", "the agent");
        for (Attack attack : attacks) {
            measure(attack);
        }
        double cores = others.cores();
        out.printf(Locale.ROOT,
                "a good client asks 50 times a second; the most resident memory, and the heap after a collection at the end%n"
                        + "CPU used by other processes meanwhile: %.2f cores%n",
                cores);
    }

    private void measure(Attack attack) throws IOException, InterruptedException {
        int port = FreePort.find();
        try (TemporaryFolder folder = new TemporaryFolder("lastcall-bench-attack");
                AttackedServer server = new AttackedServer()) {
            Path config = folder.path().resolve("lastcall.yaml");
            Files.createDirectories(folder.path().resolve("state"));
            Files.writeString(config, CONFIG.replace("FOLDER", folder.path().toString())
                    .replace("UPSTREAM", Integer.toString(server.port()))
                    .replace("GATE", Integer.toString(port)));
            AgentProgram program = new AgentProgram(home, folder.path());
            try (MeasuredProcess agent = program.start(config)) {
                program.awaitReady(agent);
                warmUp(port);
                measure(attack, agent, port, folder.path().resolve("attackers"));
            }
        }
    }

    private static void warmUp(int port) throws InterruptedException {
        try (GoodClient client = new GoodClient(port)) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(WARM_SECONDS));
            client.finish();
        }
    }

    private static MeasuredProcess attackers(Attack attack, int port, Path log) throws IOException {
        return MeasuredProcess.start(log,
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                        "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Attackers.class.getName(),
                        attack.name(),
                        Integer.toString(port)));
    }

    private void measure(Attack attack, MeasuredProcess agent, int port, Path log)
            throws IOException, InterruptedException {
        double resident = 0;
        String heap = "-";
        GoodClient.Seen seen;
        try (MeasuredProcess attackers = attackers(attack, port, log); GoodClient client = new GoodClient(port)) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            for (int i = 0; i < seconds * 4 && agent.isAlive(); i++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
                resident = Math.max(resident, agent.isAlive() ? agent.residentMebibytes() : 0);
            }
            seen = client.finish();
            if (agent.isAlive()) {
                heap = String.format(Locale.ROOT, "%.1f", heapMebibytes(agent.pid()));
            }
            if (!attackers.isAlive()) {
                throw new IOException("the attackers gave up; they said:\n" + Files.readString(log));
            }
        }
        out.printf(Locale.ROOT, "%-20s %11d %9.1f %9.1f %7d %9.0f %9s  %s%n", attack.label(), attack.connections(),
                seen.millis(50), seen.millis(99),
                seen.failed(), resident, heap,
                (agent.isAlive() ? "lives" : "ENDED") + (seen.failed() == 0 ? "" : "; a failure: " + seen.why()));
    }

    private static double heapMebibytes(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.run");
        Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
        double sum = 0;
        while (used.find()) {
            sum += Long.parseLong(used.group(1)) / 1024.0;
        }
        return sum;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                command).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!jcmd.waitFor(JCMD_SECONDS, TimeUnit.SECONDS)) {
            jcmd.destroyForcibly();
        }
        return said;
    }
}
