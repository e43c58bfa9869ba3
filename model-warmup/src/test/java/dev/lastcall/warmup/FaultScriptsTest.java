// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.HttpStore;
import dev.lastcall.warmup.store.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thousand random stores, each with its own mixture of faults, changing objects and cancellations. Every attempt ends in
 * bounded time with the exact bytes or with an error that names its object; whatever stands under its own name is right.
 */
class FaultScriptsTest {

    private static final int SCRIPTS = 1000;
    private static final int AT_ONCE = 32;
    private static final int PART = 8 << 10;
    private static final int MAX_ATTEMPTS = 4;
    /** Tells a run that ends from one that does not; 32 runs at once on a busy machine need their time. */
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final FetchSettings SETTINGS = FetchSettings.defaults()
            .withPartBytes(PART)
            .withMaxConnections(4)
            .withSync(false)
            .withPatience(Duration.ofMillis(250), Duration.ofMillis(400), Duration.ofMillis(1500));

    @Test
    @Timeout(300)
    void everyRunEndsInTheExactBytesOrAClearError(@TempDir Path root) throws Exception {
        AtomicInteger whole = new AtomicInteger();
        try (Network network = Network.create(); ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Callable<Void>> runs = new ArrayList<>();
            for (int seed = 0; seed < SCRIPTS; seed++) {
                Run run = new Run(seed, root.resolve("s" + seed), network);
                runs.add(() -> {
                    if (run.play()) {
                        whole.incrementAndGet();
                    }
                    return null;
                });
            }
            for (Future<Void> future : pool.invokeAll(runs, 280, TimeUnit.SECONDS)) {
                future.get();
            }
        }
        assertThat(whole.get()).as("most faults are survived").isGreaterThan(SCRIPTS / 2);
    }

    /** One script. */
    private static final class Run {
        private final int seed;
        private final Path root;
        private final Network network;
        private final SplittableRandom random;
        private final Map<String, byte[]> current = new LinkedHashMap<>();
        private final Map<String, List<byte[]>> everServed = new LinkedHashMap<>();
        private final boolean hasDigests;

        Run(int seed, Path root, Network network) {
            this.seed = seed;
            this.root = root;
            this.network = network;
            this.random = new SplittableRandom(seed);
            this.hasDigests = random.nextBoolean();
        }

        boolean play() throws Exception {
            try (ScriptedStore server = new ScriptedStore()) {
                for (int i = 0; i < 1 + random.nextInt(3); i++) {
                    put(server, "f" + i, random.nextInt(8 * PART), random.nextInt(10) > 0);
                }
                double rate = random.nextDouble() * 0.6;
                boolean changes = !hasDigests && random.nextInt(4) == 0;
                SplittableRandom faults = random.split();
                server.script(request -> fault(server, request, faults, rate, changes));
                for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
                    if (attempt(server, attempt == MAX_ATTEMPTS - 1)) {
                        return true;
                    }
                    checkPublished();
                }
                return false;
            }
        }

        private void put(ScriptedStore server, String name, int size, boolean ranged) {
            byte[] bytes = TestBytes.random(size, random.nextLong());
            String etag = "\"" + Long.toHexString(random.nextLong()) + "\"";
            server.put("/m/" + name, new ScriptedStore.Content(ScriptedStore.of(bytes), etag, List.of(), ranged));
            current.put(name, bytes);
            everServed.computeIfAbsent(name, key -> new ArrayList<>()).add(bytes);
            if (hasDigests) {
                StringBuilder sums = new StringBuilder();
                current.forEach((file, content) -> sums.append(TestBytes.sha256(content).hex() + "  " + file + "\n"));
                server.put("/m/SHA256SUMS", sums.toString().getBytes(StandardCharsets.UTF_8), "s" + random.nextInt());
            }
        }

        private synchronized Fault fault(ScriptedStore server, ScriptedStore.Request request, SplittableRandom faults,
                double rate, boolean changes) {
            if (request.target().endsWith("SHA256SUMS")) {
                return new Fault.None();
            }
            if (changes && faults.nextInt(12) == 0) {
                put(server, request.target().substring(3), faults.nextInt(8 * PART), true);
            }
            if (request.isProbe() || faults.nextDouble() > rate) {
                return new Fault.None();
            }
            int at = faults.nextInt(PART + 1);
            return switch (faults.nextInt(hasDigests ? 13 : 12)) {
                case 0 -> new Fault.Reset(at);
                case 1 -> new Fault.EndsEarly(at);
                case 2 -> new Fault.Stall(at);
                case 3 -> new Fault.Status(503, List.of("Retry-After: 0"), "SlowDown");
                case 4 -> new Fault.Status(500, List.of(), "InternalError");
                case 5 -> new Fault.ShiftedRange(1 + faults.nextInt(PART));
                case 6 -> new Fault.Longer(1 + faults.nextInt(100));
                case 7 -> new Fault.NoContentRange();
                case 8 -> new Fault.Garbage("\0\1\2 this is no HTTP\r\n\r\n");
                case 9 -> faults.nextInt(8) == 0 ? new Fault.IgnoredRange() : new Fault.Slow(200_000);
                case 10 -> new Fault.Status(429, List.of(), "");
                case 11 -> faults.nextInt(8) == 0 ? new Fault.Status(403, List.of(), "expired") : new Fault.Reset(0);
                default -> new Fault.Flipped(at);
            };
        }

        private boolean attempt(ScriptedStore server, boolean isLast) throws Exception {
            HttpStore store = new HttpStore(server.address("/m/"), List.copyOf(current.keySet()), Map.of(), network);
            ModelCache cache = new ModelCache(root, new CacheLimits(0, 0), model -> false);
            Warmup warmup = new Warmup(store, new Destination.Cache(cache),
                    WarmupRequest.of("m").withSettings(SETTINGS),
                    new Bandwidth(Bandwidth.UNLIMITED));
            if (!isLast && random.nextInt(3) == 0) {
                long after = random.nextLong(TimeUnit.MILLISECONDS.toNanos(150));
                Thread.ofVirtual().start(() -> {
                    java.util.concurrent.locks.LockSupport.parkNanos(after);
                    warmup.cancel();
                });
            }
            long began = System.nanoTime();
            try {
                warmup.run();
            } catch (WarmupException e) {
                assertThat(e.getMessage()).as("seed %s", seed).matches("(?s).*(/m/|m: |f\\d|cancelled).*");
                return false;
            } finally {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).as("seed %s", seed).isLessThan(BOUND);
            }
            checkPublished();
            for (String name : current.keySet()) {
                assertThat(root.resolve("m").resolve(name)).as("seed %s", seed).exists();
            }
            return true;
        }

        /** A file under its own name is, byte for byte, one of the versions that the server ever had of it. */
        private void checkPublished() throws Exception {
            Path trees = root.resolve(".lastcall/trees");
            if (!Files.isDirectory(trees)) {
                return;
            }
            try (var walk = Files.walk(trees)) {
                for (Path path : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
                    byte[] bytes = Files.readAllBytes(path);
                    List<byte[]> versions = everServed.get(path.getFileName().toString());
                    assertThat(versions).as("seed %s: %s is of no version", seed, path)
                            .anyMatch(version -> java.util.Arrays.equals(version, bytes));
                }
            }
        }
    }
}
