// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random stores whose client is a process of its own and is killed by SIGKILL at a random byte. Whatever is under its
 * own name afterwards is right, and the next process ends with the exact bytes.
 */
class KillScriptsTest {

    private static final int SCRIPTS = 8;
    private static final int AT_ONCE = 2;
    private static final int SIZE = 24 * WarmupChild.PART;
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    Path root;

    @Test
    @Timeout(300)
    void killedAnywhereNothingWrongIsPublishedAndTheNextProcessEndsWhole() throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Callable<Void>> scripts = new ArrayList<>();
            for (int seed = 0; seed < SCRIPTS; seed++) {
                int number = seed;
                scripts.add(() -> {
                    play(number, root.resolve("s" + number));
                    return null;
                });
            }
            for (Future<Void> script : pool.invokeAll(scripts, 280, TimeUnit.SECONDS)) {
                script.get();
            }
        }
    }

    private static void play(int seed, Path cache) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        try (Fixture fixture = new Fixture(cache)) {
            fixture.put("m", "a.bin", SIZE / 3, "v" + seed);
            fixture.put("m", "b.bin", SIZE, "v" + seed);
            fixture.sums("m");
            double rate = random.nextDouble() * 0.3;
            SplittableRandom faults = random.split();
            fixture.server.script(request -> request.isProbe() ? new Fault.None() : fault(faults, rate));
            long killAt = random.nextLong(SIZE);

            Process killed = WarmupChild.start(fixture.server.address("/m/"), cache, "model");
            try {
                Awaitility.await()
                        .atMost(BOUND)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> fixture.server.bytesServed() >= killAt || !killed.isAlive());
            } finally {
                killed.destroyForcibly();
            }
            assertThat(killed.waitFor(10, TimeUnit.SECONDS)).isTrue();
            checkPublished(fixture, seed);

            finish(fixture, cache, seed);
            checkPublished(fixture, seed);
            fixture.files.forEach((name, bytes) -> assertThat(cache.resolve("model").resolve(name)).as("seed %s", seed)
                    .hasBinaryContent(bytes));
        }
    }

    /** Many contradictions in a row are an error by design; a process that ends with one is followed by another. */
    private static void finish(Fixture fixture, Path cache, int seed) throws Exception {
        ScriptedStore server = fixture.server;
        Process next = WarmupChild.start(server.address("/m/"), cache, "model");
        try {
            assertThat(next.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).as("seed %s ends", seed).isTrue();
        } finally {
            next.destroyForcibly();
        }
        if (next.exitValue() != 0) {
            checkPublished(fixture, seed);
            server.script(request -> new Fault.None());
            fixture.warmup(fixture.store("m"), Fixture.request("model")).run();
        }
    }

    private static synchronized Fault fault(SplittableRandom random, double rate) {
        if (random.nextDouble() > rate) {
            return new Fault.Slow(8L << 20);
        }
        int at = random.nextInt(WarmupChild.PART);
        return switch (random.nextInt(7)) {
            case 0 -> new Fault.Reset(at);
            case 1 -> new Fault.EndsEarly(at);
            case 2 -> new Fault.Status(503, List.of("Retry-After: 0"), "SlowDown");
            case 3 -> new Fault.ShiftedRange(1 + at);
            case 4 -> new Fault.Longer(1 + random.nextInt(100));
            case 5 -> new Fault.Status(500, List.of(), "InternalError");
            default -> new Fault.Flipped(at);
        };
    }

    private static void checkPublished(Fixture fixture, int seed) throws Exception {
        Path trees = fixture.root.resolve(".lastcall/trees");
        if (!Files.isDirectory(trees)) {
            return;
        }
        try (Stream<Path> files = Files.walk(trees)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = String.valueOf(file.getFileName());
                assertThat(file).as("seed %s", seed).hasBinaryContent(fixture.files.getOrDefault(name, new byte[0]));
            }
        }
    }
}
