// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.lastcall.agent.config.CacheConfig;
import dev.lastcall.agent.config.ModelConfig;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.warmup.Stores;
import dev.lastcall.warmup.Warmup;
import dev.lastcall.warmup.WarmupException;
import dev.lastcall.warmup.WarmupReport;
import dev.lastcall.warmup.cache.Manifest;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.store.Network;
import dev.lastcall.warmup.store.NetworkSettings;
import dev.lastcall.warmup.store.Store;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the configured models warm, on virtual threads of its own. The notice path knows nothing of it: while a model is
 * being warmed, a thread here looks again and again whether the node is being taken back, and then stops. Thread-safe.
 */
public final class Models implements AutoCloseable {

    /** Between two looks whether the node is being taken back; warming stops within a second. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
    private static final int MAX_DOUBLINGS = 8;

    /** After a failure that somebody must mend: they may have. */
    private static final Duration AFTER_MEND = Duration.ofMinutes(10);

    private static final Duration NEVER = Duration.ofDays(366);
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(Models.class);

    private final CacheConfig settings;
    private final Environment environment;
    private final NodeClock clock;
    private final BooleanSupplier isReclaimed;
    private final Listener listener;
    private final List<ModelJob> jobs;
    private final Turns turns;
    private final Markers markers;
    private final Bandwidth bandwidth;
    private final List<Thread> workers = new ArrayList<>();
    private volatile @Nullable ModelCache cache;
    private volatile long cacheBytes;
    private volatile boolean closed;

    /** Is told of every attempt that has ended. Must not block. */
    public interface Listener {
        /** The model is warm. */
        void warm(WarmupReport report);

        /** The attempt ended otherwise: {@code failed} or {@code stopped}. */
        void ended(String model, String outcome, Duration took);
    }

    /**
     * Nothing is touched yet.
     *
     * @param isReclaimed whether a final notice stands
     */
    public Models(List<ModelConfig> models, CacheConfig settings, Environment environment, NodeClock clock,
            BooleanSupplier isReclaimed, Listener listener) {
        this.settings = settings;
        this.environment = environment;
        this.clock = clock;
        this.isReclaimed = isReclaimed;
        this.listener = listener;
        this.jobs = models.stream().map(ModelJob::new).toList();
        this.turns = new Turns(jobs, clock);
        this.markers = new Markers(settings.markers());
        this.bandwidth = new Bandwidth(settings.bandwidth().bytesPerSecond());
    }

    /** Begins; returns at once. */
    public void start() {
        marking(() -> markers.removeAll(jobs.stream().map(ModelJob::name).toList()));
        for (int i = 0; i < settings.modelsAtOnce(); i++) {
            workers.add(Thread.ofVirtual().name("models-" + i).start(this::work));
        }
    }

    private void work() {
        try (Network network = Network.of(NetworkSettings.from(environment.variables()))) {
            while (!closed) {
                ModelJob job = turns.take();
                Duration next = AFTER_MEND;
                try {
                    next = look(job, network);
                } catch (RuntimeException fault) {
                    log.atError().setCause(fault).addKeyValue("model", job.name()).log("warming a model failed");
                    fail(job, "this is a fault of Lastcall (" + fault + "); please report it with the log");
                } finally {
                    turns.giveBack(job, next);
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (IOException | IllegalArgumentException cannot) {
            jobs.forEach(job -> fail(job, String.valueOf(cannot.getMessage())));
        }
    }

    /** Does what there is to do for a model; returns when to look again. */
    private Duration look(ModelJob job, Network network) throws InterruptedException {
        if (job.phase() == ModelState.Phase.WARM) {
            if (isWhole(job)) {
                return untilRecheck();
            }
            log.atWarn()
                    .addKeyValue("model", job.name())
                    .log("files of a warm model are gone or damaged: warming it again");
            cool(job);
        }
        if (isReclaimed.getAsBoolean()) {
            stopped(job);
            return LOOK;
        }
        return warm(job, network);
    }

    private Duration warm(ModelJob job, Network network) throws InterruptedException {
        job.become(ModelState.Phase.WARMING, "");
        long began = clock.nanoTime();
        try (Store store = new Stores(environment, network).open(job.address(), job.storeSettings())) {
            Warmup warmup = job.attempt(store, cache(), settings, bandwidth);
            Thread watch = Thread.ofVirtual().name("models-watch").start(() -> cancelOnNotice(warmup));
            try {
                warmed(job, warmup.run());
                return untilRecheck();
            } finally {
                watch.interrupt();
            }
        } catch (WarmupException.Cancelled stopped) {
            stopped(job);
            listener.ended(job.name(), "stopped", Duration.ofNanos(clock.nanoTime() - began));
            log.atInfo().addKeyValue("model", job.name()).log("warming stopped; it can go on from here");
            return LOOK;
        } catch (WarmupException failed) {
            listener.ended(job.name(), "failed", Duration.ofNanos(clock.nanoTime() - began));
            return failed.isRetryable()
                    ? retry(job, String.valueOf(failed.getMessage()))
                    : fail(job, String.valueOf(failed.getMessage()));
        } catch (CredentialException denied) {
            return denied.isTransient()
                    ? retry(job, String.valueOf(denied.getMessage()))
                    : fail(job, String.valueOf(denied.getMessage()));
        } catch (IOException | IllegalArgumentException cannot) {
            return fail(job, String.valueOf(cannot.getMessage()));
        }
    }

    private void cancelOnNotice(Warmup warmup) {
        try {
            while (!closed && !isReclaimed.getAsBoolean()) {
                clock.sleep(LOOK);
            }
            warmup.cancel();
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }

    private void warmed(ModelJob job, WarmupReport report) {
        // The name that stays when the version changes: what a server is given.
        Path shown = settings.path().resolve(job.name());
        job.warmIn(shown);
        marking(() -> markers.warm(job.name(), shown));
        if (jobs.stream().allMatch(one -> one.phase() == ModelState.Phase.WARM)) {
            marking(markers::allWarm);
        }
        count();
        listener.warm(report);
        log.atInfo()
                .addKeyValue("model", job.name())
                .addKeyValue("bytes", report.bytes())
                .addKeyValue("received", report.bytesReceived())
                .addKeyValue("seconds", report.took().toMillis() / 1000.0)
                .addKeyValue("limit", report.limit())
                .log("model is warm");
    }

    private static void stopped(ModelJob job) {
        job.become(ModelState.Phase.STOPPED, "the node is being taken back; goes on if that is withdrawn");
    }

    private Duration untilRecheck() {
        return settings.recheck().isZero() ? NEVER : settings.recheck();
    }

    private void cool(ModelJob job) {
        job.become(ModelState.Phase.WAITING, "");
        marking(() -> markers.cold(job.name()));
    }

    private Duration retry(ModelJob job, String why) {
        int failures = job.failed();
        job.become(ModelState.Phase.RETRYING, why);
        Duration longest = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
        long bound = Math.min(longest.toNanos(), LONGEST_RETRY.toNanos());
        Duration pause = Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound / 2, bound + 1));
        if (failures == 1) {
            log.atWarn()
                    .addKeyValue("model", job.name())
                    .addKeyValue("reason", why)
                    .log("model is not warm yet; it is tried again until it is");
        }
        return pause;
    }

    private Duration fail(ModelJob job, String why) {
        boolean isNew = job.failed() == 1;
        job.become(ModelState.Phase.FAILED, why);
        if (isNew) {
            log.atError().addKeyValue("model", job.name()).addKeyValue("reason", why).log("model cannot be warmed");
        }
        return AFTER_MEND;
    }

    private ModelCache cache() throws IOException {
        ModelCache opened = cache;
        if (opened == null) {
            opened = NodeCache.open(settings, jobs.stream().map(ModelJob::name).collect(Collectors.toSet()));
            cache = opened;
        }
        return opened;
    }

    /** Whether all files of the version on record are there in their sizes. */
    private boolean isWhole(ModelJob job) {
        try {
            for (ModelCache.Known known : cache().known()) {
                if (known.model().equals(job.name()) && known.manifest().isComplete() && isWhole(known)) {
                    return true;
                }
            }
            return false;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean isWhole(ModelCache.Known known) throws IOException {
        for (Manifest.Entry entry : known.manifest().files()) {
            Path file = known.place().tree().resolve(entry.path());
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != entry.sizeBytes()) {
                return false;
            }
        }
        return true;
    }

    private void count() {
        try {
            cacheBytes = cache().known()
                    .stream()
                    .filter(known -> known.manifest().isComplete())
                    .mapToLong(known -> known.manifest().totalBytes())
                    .sum();
        } catch (IOException unreadable) {
            log.atDebug().setCause(unreadable).log("the cache could not be counted");
        }
    }

    private interface Marking {
        void run() throws IOException;
    }

    private void marking(Marking marking) {
        try {
            marking.run();
        } catch (IOException cannot) {
            log.atWarn()
                    .addKeyValue("directory", settings.markers())
                    .addKeyValue("reason", cannot)
                    .log("no file can tell that models are warm; make the directory writable or set cache.markers to another");
        }
    }

    /** How every model stands, in the order of the configuration. Does not block. */
    public List<ModelState> states() {
        return jobs.stream().map(ModelJob::state).toList();
    }

    /** Bytes of all complete models in the cache, as of the last one that became warm. */
    public long cacheBytes() {
        return cacheBytes;
    }

    /** Sets the bandwidth of all fetching together; 0 for no limit. */
    public void limitTo(long bytesPerSecond) {
        bandwidth.limitTo(bytesPerSecond);
    }

    /** The limit in force; 0 for none. */
    public long limit() {
        return bandwidth.bytesPerSecond();
    }

    /** Stops; what was fetched stays. Takes a second or two at most. */
    @Override
    public void close() {
        closed = true;
        workers.forEach(Thread::interrupt);
        try {
            for (Thread worker : workers) {
                var _ = worker.join(CLOSE_BOUND);
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
