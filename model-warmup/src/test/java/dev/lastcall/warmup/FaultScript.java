// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Store;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One random store with its own mixture of faults, objects that are replaced one by one or all at once, and versions named
 * in some form; and what must come of it: what is shown is always the model as the store had it at one moment.
 */
final class FaultScript implements AutoCloseable {

    static final int PART = 8 << 10;
    static final FetchSettings SETTINGS = FetchSettings.defaults()
            .withPartBytes(PART)
            .withMaxConnections(4)
            .withSync(false)
            .withPatience(Duration.ofMillis(250), Duration.ofMillis(400), Duration.ofMillis(1500));

    private static final int MAX_ATTEMPTS = 4;
    private static final int MAX_CHANGES = 3;

    /** Distinguishes a run that ends from one that does not; many at once on a busy machine need their time. */
    private static final Duration BOUND = Duration.ofMinutes(2);

    private final int seed;
    private final Path root;
    private final Network network;
    private final SplittableRandom random;
    private final ScriptSite site;
    private final boolean hasDigests;
    private final boolean isPlain;
    private final VersionForm.Kind form;
    private final AtomicInteger expiries = new AtomicInteger();
    private final Map<String, byte[]> current = new LinkedHashMap<>(); // guarded by this
    private final Map<String, List<byte[]>> everServed = new LinkedHashMap<>(); // guarded by this
    private final List<Map<String, byte[]>> moments = new ArrayList<>(); // guarded by this
    private int versions; // guarded by this
    private int changesLeft; // guarded by this
    private boolean isReplacedWhileListed; // guarded by this
    private int changes; // guarded by this

    FaultScript(int seed, Path root, Network network) {
        this.seed = seed;
        this.root = root;
        this.network = network;
        this.random = new SplittableRandom(seed);
        this.hasDigests = random.nextBoolean();
        boolean isBucket = random.nextInt(4) == 0;
        this.form = isBucket
                ? random.nextBoolean() ? VersionForm.Kind.STRONG : VersionForm.Kind.LIKE_AN_MD5
                : List.of(VersionForm.Kind.values()).get(random.nextInt(VersionForm.Kind.values().length));
        this.isPlain = random.nextInt(4) == 0;
        this.site = isBucket ? new ScriptSite.Bucket(hasDigests) : new ScriptSite.Web(hasDigests);
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            put("f" + i, isBucket || random.nextInt(10) > 0, random);
        }
        double rate = random.nextDouble() * 0.5;
        changesLeft = random.nextBoolean() ? random.nextInt(MAX_CHANGES + 1) : 0;
        SplittableRandom faults = random.split();
        site.server().script(request -> fault(request, faults, rate));
    }

    Path root() {
        return root;
    }

    ScriptSite site() {
        return site;
    }

    /** Whether it fills a plain folder and not a cache. */
    boolean isPlain() {
        return isPlain;
    }

    /** How often credentials ran out. */
    int expiries() {
        return expiries.get();
    }

    /** How often something was replaced in the middle. */
    synchronized int changes() {
        return changes;
    }

    /**
     * Attempts until one succeeds; whether one did. At times the model is replaced then, before it is looked at again or
     * just while it is, and must be followed.
     */
    boolean play() throws Exception {
        boolean isWhole = attempts();
        if (isWhole && random.nextInt(3) > 0) {
            if (random.nextBoolean()) {
                replaceAll(random);
            } else {
                replaceWhileListed();
            }
            attempts();
        }
        return isWhole;
    }

    private synchronized void replaceWhileListed() {
        isReplacedWhileListed = true;
    }

    private boolean attempts() throws Exception {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            boolean isWarm = attempt(attempt == MAX_ATTEMPTS - 1);
            checkPublished();
            if (isWarm) {
                return true;
            }
        }
        return false;
    }

    private synchronized void put(String name, boolean isRanged, SplittableRandom by) {
        List<byte[]> before = everServed.computeIfAbsent(name, key -> new ArrayList<>());
        int size = by.nextInt(6) == 0 && !before.isEmpty() ? before.getLast().length : by.nextInt(8 * PART);
        while (!form.isName() && !hasDigests && hasSize(before, size)) {
            // Of what has no name and no digest nothing but its size can tell.
            size = by.nextInt(8 * PART);
        }
        byte[] bytes = TestBytes.random(size, by.nextLong());
        site.put(name, bytes, VersionForm.of(form, ++versions, by), isRanged);
        current.put(name, bytes);
        before.add(bytes);
        moments.add(Map.copyOf(current));
    }

    private static boolean hasSize(List<byte[]> versions, int size) {
        return versions.stream().anyMatch(version -> version.length == size);
    }

    private synchronized void replaceAll(SplittableRandom by) {
        List.copyOf(current.keySet()).forEach(name -> put(name, true, by));
    }

    private synchronized Fault fault(ScriptedStore.Request request, SplittableRandom faults, double rate) {
        String name = ScriptSite.name(request);
        if (!(site.admitted(request) instanceof Fault.None)) {
            return site.admitted(request);
        }
        if (!current.containsKey(name)) {
            return new Fault.None();
        }
        if (isReplacedWhileListed && request.isProbe() && faults.nextInt(3) == 0) {
            isReplacedWhileListed = false;
            changes++;
            replaceAll(faults);
        }
        if (changesLeft > 0 && faults.nextInt(10) == 0) {
            changesLeft--;
            changes++;
            if (faults.nextBoolean()) {
                replaceAll(faults);
            } else {
                put(name, true, faults);
            }
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

    private Destination destination() {
        return isPlain
                ? new Destination.Folder(root.resolve("m"))
                : new Destination.Cache(new ModelCache(root, new CacheLimits(0, 0), model -> false));
    }

    private boolean attempt(boolean isLast) throws Exception {
        try (Store store = site.open(network)) {
            Warmup warmup = new Warmup(store, destination(), WarmupRequest.of("m").withSettings(SETTINGS),
                    new Bandwidth(Bandwidth.UNLIMITED));
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
        assertThat(shown()).as("seed %s: a model that is warm has all its files", seed)
                .containsOnlyKeys(Set.copyOf(everServed.keySet()));
        return true;
    }

    /** Whatever the attempt came to. */
    void checkPublished() throws IOException {
        checkEachFile();
        checkOneMoment();
    }

    /** A file under its own name is, byte for byte, one of the versions that the server ever had of it. */
    private synchronized void checkEachFile() throws IOException {
        Path trees = isPlain ? root.resolve("m") : root.resolve(".lastcall/trees");
        if (!Files.isDirectory(trees)) {
            return;
        }
        for (Path path : filesBelow(trees)) {
            byte[] bytes = Files.readAllBytes(path);
            List<byte[]> versionsOf = everServed.getOrDefault(path.getFileName().toString(), List.of());
            assertThat(versionsOf).as("seed %s: %s is of no version", seed, path)
                    .anyMatch(version -> Arrays.equals(version, bytes));
        }
    }

    /** The model that is shown is the model as the server had it at one moment: no file of it is of another. */
    private synchronized void checkOneMoment() throws IOException {
        Map<String, byte[]> shown = shown();
        if (!shown.isEmpty()) {
            assertThat(moments).as("seed %s: a mixture is shown, versions are named by %s", seed, form)
                    .anyMatch(moment -> isSame(moment, shown));
        }
    }

    private static boolean isSame(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(file -> Arrays.equals(file.getValue(), other.get(file.getKey())));
    }

    private Map<String, byte[]> shown() throws IOException {
        Map<String, byte[]> shown = new LinkedHashMap<>();
        Path model = root.resolve("m");
        if (Files.isDirectory(model)) {
            for (Path path : filesBelow(model.toRealPath())) {
                shown.put(path.getFileName().toString(), Files.readAllBytes(path));
            }
        }
        return shown;
    }

    /** Without the corner of a plain folder in which the next version waits. */
    private static Set<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return new HashSet<>(walk.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .filter(path -> !folder.relativize(path).startsWith(".lastcall"))
                    .toList());
        }
    }

    @Override
    public void close() throws IOException {
        site.close();
    }
}
