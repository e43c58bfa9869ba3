// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Network;
import dev.lastcall.warmup.store.Store;

import static org.assertj.core.api.Assertions.assertThat;

/** One random store with its own mixture of faults, and what must come of it. */
final class FaultScript implements AutoCloseable {

    static final int PART = 8 << 10;
    static final FetchSettings SETTINGS = FetchSettings.defaults()
            .withPartBytes(PART)
            .withMaxConnections(4)
            .withSync(false)
            .withPatience(Duration.ofMillis(250), Duration.ofMillis(400), Duration.ofMillis(1500));

    private static final int MAX_ATTEMPTS = 4;

    /** Tells a run that ends from one that does not; many at once on a busy machine need their time. */
    private static final Duration BOUND = Duration.ofMinutes(1);

    private final int seed;
    private final Path root;
    private final Network network;
    private final SplittableRandom random;
    private final ScriptSite site;
    private final boolean hasDigests;
    private final AtomicInteger expiries = new AtomicInteger();
    private final Map<String, byte[]> current = new LinkedHashMap<>();
    private final Map<String, List<byte[]>> everServed = new LinkedHashMap<>();

    FaultScript(int seed, Path root, Network network) {
        this.seed = seed;
        this.root = root;
        this.network = network;
        this.random = new SplittableRandom(seed);
        this.hasDigests = random.nextBoolean();
        boolean isBucket = random.nextInt(4) == 0;
        this.site = isBucket ? new ScriptSite.Bucket(hasDigests) : new ScriptSite.Web(hasDigests);
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            put("f" + i, random.nextInt(8 * PART), isBucket || random.nextInt(10) > 0);
        }
        double rate = random.nextDouble() * 0.6;
        boolean changes = !hasDigests && random.nextInt(4) == 0;
        SplittableRandom faults = random.split();
        site.server().script(request -> fault(request, faults, rate, changes));
    }

    Path root() {
        return root;
    }

    ScriptSite site() {
        return site;
    }

    /** How often credentials ran out. */
    int expiries() {
        return expiries.get();
    }

    /** Attempts until one succeeds; whether one did. */
    boolean play() throws Exception {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            if (attempt(attempt == MAX_ATTEMPTS - 1)) {
                return true;
            }
            checkPublished();
        }
        return false;
    }

    private synchronized void put(String name, int size, boolean isRanged) {
        byte[] bytes = TestBytes.random(size, random.nextLong());
        site.put(name, bytes, "\"" + Long.toHexString(random.nextLong()) + "\"", isRanged);
        current.put(name, bytes);
        everServed.computeIfAbsent(name, key -> new ArrayList<>()).add(bytes);
    }

    private synchronized Fault fault(ScriptedStore.Request request, SplittableRandom faults, double rate,
            boolean changes) {
        String name = ScriptSite.name(request);
        if (!(site.admitted(request) instanceof Fault.None)) {
            return site.admitted(request);
        }
        if (!current.containsKey(name)) {
            return new Fault.None();
        }
        if (changes && faults.nextInt(12) == 0) {
            put(name, faults.nextInt(8 * PART), true);
        }
        if (request.isProbe() || faults.nextDouble() > rate) {
            return new Fault.None();
        }
        int at = faults.nextInt(PART + 1);
        return switch (faults.nextInt(hasDigests ? 19 : 18)) {
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
            case 11 -> faults.nextInt(8) == 0 ? new Fault.Status(403, List.of(), "no") : new Fault.Reset(0);
            case 12 -> expired(request);
            case 13 -> new Fault.Unframed(true, faults.nextInt(4) == 0 ? 3 : 0);
            case 14 -> new Fault.Unframed(false, faults.nextInt(4) == 0 ? 3 : 0);
            case 15 -> new Fault.RangeAs200();
            case 16 -> new Fault.OtherTotal(1 + faults.nextInt(9));
            case 17 -> new Fault.Weakened();
            default -> new Fault.Flipped(at);
        };
    }

    private Fault expired(ScriptedStore.Request request) {
        expiries.incrementAndGet();
        site.expire();
        return site.admitted(request);
    }

    private boolean attempt(boolean isLast) throws Exception {
        try (Store store = site.open(network)) {
            Warmup warmup = new Warmup(store,
                    new Destination.Cache(new ModelCache(root, new CacheLimits(0, 0), model -> false)),
                    WarmupRequest.of("m").withSettings(SETTINGS), new Bandwidth(Bandwidth.UNLIMITED));
            if (!isLast && random.nextInt(3) == 0) {
                long after = random.nextLong(TimeUnit.MILLISECONDS.toNanos(150));
                Thread.ofVirtual().start(() -> {
                    LockSupport.parkNanos(after);
                    warmup.cancel();
                });
            }
            long began = System.nanoTime();
            try {
                warmup.run();
            } catch (WarmupException e) {
                assertThat(e.getMessage()).as("seed %s", seed).matches("(?s).*(/m/|/m\\b|m: |f\\d|cancelled).*");
                return false;
            } finally {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).as("seed %s", seed).isLessThan(BOUND);
            }
        }
        checkPublished();
        for (String name : List.copyOf(current.keySet())) {
            assertThat(root.resolve("m").resolve(name)).as("seed %s", seed).exists();
        }
        return true;
    }

    /** A file under its own name is, byte for byte, one of the versions that the server ever had of it. */
    void checkPublished() throws IOException {
        Path trees = root.resolve(".lastcall/trees");
        if (!Files.isDirectory(trees)) {
            return;
        }
        try (var walk = Files.walk(trees)) {
            for (Path path : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
                byte[] bytes = Files.readAllBytes(path);
                List<byte[]> versions = everServed.getOrDefault(path.getFileName().toString(), List.of());
                assertThat(versions).as("seed %s: %s is of no version", seed, path)
                        .anyMatch(version -> Arrays.equals(version, bytes));
            }
        }
    }

    @Override
    public void close() throws IOException {
        site.close();
    }
}
