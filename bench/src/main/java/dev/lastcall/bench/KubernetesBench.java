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
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.demo.TemporaryFolder;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.testkit.StandInCluster;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;

/**
 * From a notice to what the API server hears of it, each notice in a process of its own: a node has only one, and it meets
 * code that has hardly run. The API server is in another process than the agent, behind TLS and HTTP/2.
 */
final class KubernetesBench {

    private static final int NOTICES = 10;
    private static final int SECONDS = 60;

    /** Requests after which the compilers have seen what a stand-in does. */
    private static final int PRACTICE = 5_000;

    /** No process listens there. */
    private static final int NO_SERVER = 1;

    /** The agent has been at rest for so long when the notice comes. */
    private static final long REST_NANOS = 8_000_000_000L;

    private static final long BOUND_NANOS = 20_000_000_000L;

    private static final String CONFIG = """
            cloud: gcp
            stateDirectory: FOLDER/state-NUMBER
            gcp: { endpoint: ENDPOINT }
            kubernetes: { node: %s, apiServer: "API", serviceAccount: ACCOUNT }
            relay: { socket: FOLDER/gates/notice.sock }
            api: { listen: 127.0.0.1:0, socket: FOLDER/control.sock }
            """.formatted(StandInCluster.NODE);

    /** What is waited for, in the order in which it is shown. */
    private enum Step {
        CONDITION("node condition", "20"), TAINT("node taint and cordon (the node is looked at first)",
                ""), READINESS("first pod's readiness", "50"), EVICTION("eviction of a pod that holds its door", "50");

        private final String label;
        private final String reach;

        Step(String label, String reach) {
            this.label = label;
            this.reach = reach;
        }

        boolean is(StandInCluster.Asked asked) {
            return switch (this) {
                case CONDITION -> asked.isNodeCondition();
                case TAINT -> asked.isTaint();
                case READINESS -> asked.isReadiness();
                case EVICTION -> asked.isEviction();
            };
        }
    }

    private final PrintWriter out;
    private final int notices;
    private final int seconds;
    private final TemporaryFolder temporary = new TemporaryFolder("lastcall-bench-kubernetes");
    private final Path folder = temporary.path();
    private final Path config = folder.resolve("lastcall.yaml");
    private final AgentProgram program;
    private final StandInCluster cluster = new StandInCluster(folder, NO_SERVER);

    private KubernetesBench(PrintWriter out, Path home, int notices, int seconds) throws IOException {
        this.out = out;
        this.notices = notices;
        this.seconds = seconds;
        this.program = new AgentProgram(home, folder);
    }

    /** @param args the folder of the packaged program, then maybe {@code --notices N} and {@code --seconds N} */
    public static void main(String[] args) throws IOException {
        int notices = NOTICES;
        int seconds = SECONDS;
        for (int i = 1; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--notices" -> notices = Integer.parseInt(args[i + 1]);
                case "--seconds" -> seconds = Integer.parseInt(args[i + 1]);
                default -> throw new IllegalArgumentException("no such option: " + args[i]);
            }
        }
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        KubernetesBench bench = new KubernetesBench(out, Path.of(args[0]).toAbsolutePath(), notices, seconds);
        try {
            bench.run();
        } finally {
            bench.cluster.close();
            bench.temporary.close();
        }
    }

    private void run() throws IOException {
        practise();
        // The first start of an installation writes the archive of classes; it meets no notice and is not counted.
        notice(-1, Map.of());
        Map<Step, List<Long>> times = new EnumMap<>(Step.class);
        for (Step step : Step.values()) {
            times.put(step, new ArrayList<>());
        }
        for (int number = 0; number < notices; number++) {
            notice(number, times);
        }
        // At notices of its own: a second JVM that works at the same moment takes the processor from the first.
        List<Long> doors = new ArrayList<>();
        for (int number = notices; number < 2 * notices; number++) {
            doors.add(door(number));
        }
        out.printf(Locale.ROOT, "%-58s %9s %9s %9s%n", "milliseconds from a notice, " + notices + " processes", "p50",
                "max",
                "reach");
        for (Step step : Step.values()) {
            row(step.label, Objects.requireNonNull(times.get(step)), step.reach);
        }
        row("door of a gate in a pod", doors, "50");
        idle();
    }

    private void row(String label, List<Long> nanos, String reach) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        out.printf(Locale.ROOT, "%-58s %9.1f %9.1f %9s%n", label, sorted[sorted.length / 2] / 1e6,
                Arrays.stream(sorted).max().orElse(0) / 1e6, reach);
    }

    /** Has both stand-ins compiled: a real server does not run in an interpreter, and its time would be taken for the agent's. */
    private void practise() {
        Vertx vertx = Vertx.vertx();
        try (Simulator cloud = ReclaimedCloud.GCP.simulator()) {
            HttpClient plain = vertx.createHttpClient();
            HttpClient secure = vertx.createHttpClient(new HttpClientOptions().setSsl(true)
                    .setTrustAll(true)
                    .setVerifyHost(false)
                    .setUseAlpn(true)
                    .setProtocolVersion(HttpVersion.HTTP_2));
            for (int i = 0; i < PRACTICE; i++) {
                ask(secure, HttpMethod.PATCH, cluster.url(), "/api/v1/nodes/other");
                ask(plain, HttpMethod.GET, cloud.endpoint(), "/computeMetadata/v1/instance/preempted");
            }
        } finally {
            vertx.close().await();
        }
    }

    private static void ask(HttpClient client, HttpMethod method, URI server, String path) {
        client.request(method, server.getPort(), server.getHost(), path)
                .compose(request -> request.putHeader("Metadata-Flavor", "Google")
                        .send("{}")
                        .compose(HttpClientResponse::body))
                .await();
    }

    private void notice(int number, Map<Step, List<Long>> times) throws IOException {
        try (Simulator cloud = ReclaimedCloud.GCP.simulator()) {
            begin(cloud, number);
            try (MeasuredProcess agent = program.start(config)) {
                awaitRest(cloud, agent);
                cluster.forget();
                if (times.isEmpty()) {
                    return;
                }
                pause(REST_NANOS);
                long visible = System.nanoTime();
                cloud.at(ReclaimedCloud.NOTICE);
                for (Step step : Step.values()) {
                    await(step.label, () -> cluster.asked().stream().anyMatch(step::is));
                    long came = cluster.asked().stream().filter(step::is).findFirst().orElseThrow().nanos();
                    Objects.requireNonNull(times.get(step)).add(came - visible);
                }
            }
        }
    }

    /** From a notice until the gate in a pod refuses, in nanoseconds. */
    private long door(int number) throws IOException {
        try (Simulator cloud = ReclaimedCloud.GCP.simulator()) {
            begin(cloud, number);
            try (MeasuredProcess agent = program.start(config)) {
                awaitRest(cloud, agent);
                try (GateInPod gate = new GateInPod(program, folder.resolve("gates/notice.sock"), folder)) {
                    pause(REST_NANOS);
                    CompletableFuture<Long> closed = gate.closed();
                    long visible = System.nanoTime();
                    cloud.at(ReclaimedCloud.NOTICE);
                    return closed.join() - visible;
                }
            }
        }
    }

    private void begin(Simulator cloud, int number) throws IOException {
        cluster.forget();
        Files.writeString(config,
                CONFIG.replace("FOLDER", folder.toString())
                        .replace("NUMBER", Integer.toString(number))
                        .replace("ENDPOINT", cloud.endpoint().toString())
                        .replace("API", cluster.url().toString())
                        .replace("ACCOUNT", cluster.account().toString()));
    }

    private void awaitRest(Simulator cloud, MeasuredProcess agent) throws IOException {
        program.awaitReady(agent);
        await("the source", () -> cloud.requests().stream().anyMatch(ReclaimedCloud.GCP::watches));
        await("the watch", () -> cluster.asked().stream().anyMatch(StandInCluster.Asked::isWatch));
        await("the readiness of both pods",
                () -> cluster.asked().stream().filter(StandInCluster.Asked::isReadiness).count() == 2);
    }

    private void idle() throws IOException {
        try (Simulator cloud = ReclaimedCloud.GCP.simulator()) {
            begin(cloud, 2 * notices);
            try (MeasuredProcess agent = program.start(config)) {
                awaitRest(cloud, agent);
                pause(REST_NANOS);
                int asked = cluster.asked().size();
                double before = agent.cpuSeconds();
                pause(seconds * 1_000_000_000L);
                out.printf(Locale.ROOT, "%-58s %9.1f %9s %9s%n", "idle: RSS, MiB", agent.residentMebibytes(), "",
                        "110");
                out.printf(Locale.ROOT, "%-58s %9.2f%n", "idle: CPU, % of a core",
                        (agent.cpuSeconds() - before) * 100 / seconds);
                out.printf(Locale.ROOT, "%-58s %9d%n", "requests of the start", asked);
                out.printf(Locale.ROOT, "%-58s %9d%n", "requests in the " + seconds + " s after it",
                        cluster.asked().size() - asked);
            }
        }
    }

    private void await(String what, BooleanSupplier there) throws IOException {
        long until = System.nanoTime() + BOUND_NANOS;
        while (!there.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new IOException(what + " did not come; the agent said:\n" + Files.readString(program.log()));
            }
            LockSupport.parkNanos(1_000_000L);
        }
    }

    private static void pause(long nanos) {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
