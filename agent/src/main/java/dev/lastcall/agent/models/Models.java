// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.lastcall.agent.config.CacheConfig;
import dev.lastcall.agent.config.ModelConfig;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.warmup.Stores;
import dev.lastcall.warmup.Warmup;
import dev.lastcall.warmup.WarmupException;
import dev.lastcall.warmup.WarmupReport;
import dev.lastcall.warmup.cache.Evictions;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.store.Network;
import dev.lastcall.warmup.store.NetworkSettings;
import dev.lastcall.warmup.store.Store;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps the configured models warm, on virtual threads of its own. The notice path knows nothing of it: while a model is
 * being warmed, a thread here looks again and again whether the node is being taken back, and then stops. Thread-safe.
 */
public final class Models implements AutoCloseable {

    /** Between two looks whether the node is being taken back; warming stops within a second. */
    private static final Duration LOOK = Duration.ofMillis(200);

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
    private final Shelf shelf;
    private final Bandwidth bandwidth;
    private final List<SupervisedLoop> workers = new ArrayList<>();
    private final LoopObserver loops;
    private @Nullable Network network; // guarded by this
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
            BooleanSupplier isReclaimed, Listener listener, LoopObserver loops) {
        this.settings = settings;
        this.environment = environment;
        this.clock = clock;
        this.isReclaimed = isReclaimed;
        this.listener = listener;
        this.loops = loops;
        this.jobs = models.stream().map(ModelJob::new).toList();
        this.turns = new Turns(jobs, settings.modelsAtOnce(), clock);
        this.markers = new Markers(settings.markers());
        this.shelf = new Shelf(settings, jobs.stream().map(ModelJob::name).collect(Collectors.toSet()));
        this.bandwidth = new Bandwidth(settings.bandwidth().bytesPerSecond());
    }

    /** Begins; returns at once. */
    public void start() {
        marking(() -> markers.removeAll(jobs.stream().map(ModelJob::name).toList()));
        for (int i = 0; i < settings.modelsAtOnce(); i++) {
            workers.add(worker("models-" + i, turns::take));
        }
        workers.add(worker("models-ahead", turns::takeAhead));
        workers.forEach(SupervisedLoop::start);
    }

    private interface Taking {
        ModelJob take() throws InterruptedException;
    }

    private SupervisedLoop worker(String name, Taking taking) {
        return new SupervisedLoop(name, clock, loops, () -> {
            ModelJob job = taking.take();
            turns.giveBack(job, looked(job));
            return SupervisedLoop.Next.after(Duration.ZERO);
        });
    }

    private Duration looked(ModelJob job) throws InterruptedException {
        try {
            return look(job);
        } catch (RuntimeException | Error fault) {
            log.atError().setCause(fault).addKeyValue("model", job.name()).log("warming a model failed");
            return fail(job, "this is a fault of Lastcall (" + fault + "); please report it with the log");
        }
    }

    /** One for all, made when the first model needs it: what speaks to stores has a thread and memory of its own. */
    private synchronized Network network() throws IOException, InterruptedException {
        if (closed) {
            throw new InterruptedException("closed");
        }
        Network made = network;
        if (made == null) {
            made = Network.of(NetworkSettings.from(environment.variables()));
            network = made;
        }
        return made;
    }

    /** Does what there is to do for a model; returns when to look again. */
    private Duration look(ModelJob job) throws InterruptedException {
        if (job.isWarm()) {
            if (!shelf.isWhole(job.name())) {
                log.atWarn()
                        .addKeyValue("model", job.name())
                        .log("files of a warm model are gone or damaged: warming it again");
                cool(job);
            } else if (job.isStoreAsked()) {
                return untilRecheck();
            }
        }
        if (isReclaimed.getAsBoolean()) {
            return stopped(job);
        }
        return warm(job);
    }

    private Duration warm(ModelJob job) throws InterruptedException {
        job.begin();
        long began = clock.nanoTime();
        try (Store store = new Stores(environment, network()).open(job.address(), job.storeSettings())) {
            Warmup warmup = job.attempt(store, shelf.cache(), settings, bandwidth);
            Thread watch = Thread.ofVirtual().name("models-watch").start(() -> cancelOnNotice(warmup));
            try {
                return warmed(job, warmup.run());
            } finally {
                watch.interrupt();
            }
        } catch (WarmupException.Cancelled stopped) {
            listener.ended(job.name(), "stopped", Duration.ofNanos(clock.nanoTime() - began));
            log.atInfo().addKeyValue("model", job.name()).log("warming stopped; it can go on from here");
            return stopped(job);
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

    private Duration warmed(ModelJob job, WarmupReport report) {
        Path shown = shelf.shown(job.name());
        int unasked = job.warmIn(shown, report.storeAway());
        marking(() -> markers.warm(job.name(), shown));
        if (jobs.stream().allMatch(ModelJob::isWarm)) {
            marking(markers::allWarm);
        }
        shelf.count();
        listener.warm(report);
        if (report.filesWithoutDigest() > 0 && unasked <= 1) {
            log.atWarn()
                    .addKeyValue("model", job.name())
                    .addKeyValue("files", report.filesWithoutDigest())
                    .log("the store vouches for files by no digest: they were counted to the byte, not verified;"
                            + " models[].requireDigest refuses that");
        }
        if (report.bytesReceived() > 0) {
            report.notes().forEach(note -> log.atWarn().addKeyValue("model", job.name()).log(note));
        }
        if (unasked > 1) {
            return Pauses.STANDING.after(unasked, ThreadLocalRandom.current());
        }
        log.atLevel(unasked == 0 ? Level.INFO : Level.WARN)
                .addKeyValue("model", job.name())
                .addKeyValue("bytes", report.bytes())
                .addKeyValue("received", report.bytesReceived())
                .addKeyValue("seconds", report.took().toMillis() / 1000.0)
                .addKeyValue("limit", report.limit())
                .addKeyValue("reason", report.storeAway())
                .log(unasked == 0
                        ? "model is warm"
                        : "model is warm as it was; its store could not be asked for a newer version, and is asked again");
        return unasked == 0 ? untilRecheck() : Pauses.STANDING.after(unasked, ThreadLocalRandom.current());
    }

    /** A model that is warm stays so: only asking for a newer version was stopped. */
    private static Duration stopped(ModelJob job) {
        if (!job.isWarm()) {
            job.become(ModelState.Phase.STOPPED, "the node is being taken back; goes on if that is withdrawn");
        }
        return LOOK;
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
        if (job.isWarm()) {
            return stands(job, failures, why);
        }
        job.become(ModelState.Phase.RETRYING, why);
        if (failures == 1) {
            log.atWarn()
                    .addKeyValue("model", job.name())
                    .addKeyValue("reason", why)
                    .log("model is not warm yet; it is tried again until it is");
        }
        return Pauses.MAY_PASS.after(failures, ThreadLocalRandom.current());
    }

    private Duration fail(ModelJob job, String why) {
        int failures = job.failed();
        if (job.isWarm()) {
            return stands(job, failures, why);
        }
        boolean isNew = job.phase() != ModelState.Phase.FAILED || failures == 1;
        job.become(ModelState.Phase.FAILED, why);
        if (isNew) {
            log.atError().addKeyValue("model", job.name()).addKeyValue("reason", why).log("model cannot be warmed");
        }
        return Pauses.NEEDS_A_MEND.after(failures, ThreadLocalRandom.current());
    }

    /** It is warm, and the store answers: but its newest version cannot be had. */
    private static Duration stands(ModelJob job, int failures, String why) {
        job.become(ModelState.Phase.WARM, "as it was before; the store's newest version cannot be had: " + why);
        return Pauses.STANDING.after(failures, ThreadLocalRandom.current());
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
        return shelf.bytes();
    }

    /** What was forgotten to make room for models, since the start. */
    public Evictions evictions() {
        return shelf.evictions();
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
        workers.forEach(SupervisedLoop::end);
        workers.forEach(worker -> worker.close(CLOSE_BOUND));
        closeNetwork();
    }

    private synchronized void closeNetwork() {
        Network made = network;
        network = null;
        if (made != null) {
            made.close();
        }
    }
}
