// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.lastcall.agent.telemetry.WarmupOutcome;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.warmup.WarmupReport;
import dev.lastcall.warmup.cache.Evictions;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.network.Network;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the configured models warm, each on a virtual thread of its own. The notice path knows nothing of it: while a model
 * is being warmed, a thread here looks again and again whether the node is being taken back, and then stops. Thread-safe.
 */
public final class Models implements AutoCloseable {

    private static final Duration CLOSE_BOUND = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(Models.class);

    private final CacheSettings settings;
    private final Environment environment;
    private final NodeClock clock;
    private final BooleanSupplier isReclaimed;
    private final Listener listener;
    private final List<ModelJob> jobs;
    private final FetchQueue fetchQueue;
    private final Markers markers;
    private final CacheInventory cacheInventory;
    private final Bandwidth bandwidth;
    private final List<SupervisedLoop> workers;
    private @Nullable Network network; // guarded by this
    private volatile boolean closed;

    /** Hears of every attempt that has ended. Must not block. */
    public interface Listener {
        /** The model is warm. */
        void warm(WarmupReport report);

        /** The attempt ended otherwise. */
        void ended(String model, WarmupOutcome outcome, Duration took);
    }

    /**
     * Nothing is touched yet.
     *
     * @param isReclaimed whether a final notice is active
     */
    public Models(List<ModelSettings> models, CacheSettings settings, Environment environment, NodeClock clock,
            BooleanSupplier isReclaimed, Listener listener, LoopObserver loops) {
        this.settings = settings;
        this.environment = environment;
        this.clock = clock;
        this.isReclaimed = isReclaimed;
        this.listener = listener;
        this.jobs = models.stream().map(ModelJob::new).toList();
        this.fetchQueue = new FetchQueue(jobs, settings.modelsAtOnce(), clock);
        this.markers = new Markers(settings.markers());
        this.cacheInventory = new CacheInventory(settings,
                jobs.stream().map(ModelJob::name).collect(Collectors.toSet()));
        this.bandwidth = new Bandwidth(settings.bandwidth().bytesPerSecond());
        this.workers = jobs.stream()
                .map(job -> new SupervisedLoop("model-" + job.name(), clock, loops, new ModelKeeper(job, this)))
                .toList();
    }

    /** Begins; returns at once. */
    public void start() {
        marking(all -> all.removeAll(jobs.stream().map(ModelJob::name).toList()));
        workers.forEach(SupervisedLoop::start);
    }

    /** One for all, made when the first model needs it: what speaks to stores has a thread and memory of its own. */
    synchronized Network network() throws IOException, InterruptedException {
        if (closed) {
            throw new InterruptedException("closed");
        }
        Network made = network;
        if (made == null) {
            made = Network.of(environment.network());
            network = made;
        }
        return made;
    }

    CacheSettings settings() {
        return settings;
    }

    Environment environment() {
        return environment;
    }

    NodeClock clock() {
        return clock;
    }

    FetchQueue fetchQueue() {
        return fetchQueue;
    }

    CacheInventory cacheInventory() {
        return cacheInventory;
    }

    Bandwidth bandwidth() {
        return bandwidth;
    }

    Listener listener() {
        return listener;
    }

    Duration recheck() {
        return settings.recheck();
    }

    boolean isReclaimed() {
        return isReclaimed.getAsBoolean();
    }

    boolean isClosed() {
        return closed;
    }

    /** The marker of all models follows what they are. */
    void markAll() {
        marking(all -> all.all(jobs.stream().allMatch(ModelJob::isWarm)));
    }

    /** What is done to markers. */
    interface Marking {
        void on(Markers markers) throws IOException;
    }

    void marking(Marking marking) {
        try {
            marking.on(markers);
        } catch (IOException cannot) {
            log.atWarn()
                    .addKeyValue("directory", settings.markers())
                    .addKeyValue("reason", Words.of("the models", cannot).line())
                    .log("no file can tell that models are warm; make the directory writable or set cache.markers to another");
        }
    }

    /** The state of every model, in the order of the configuration. Does not block. */
    public List<ModelState> states() {
        return jobs.stream().map(ModelJob::state).toList();
    }

    /** Bytes of all complete models in the cache, as of the last one that became warm. */
    public long cacheBytes() {
        return cacheInventory.bytes();
    }

    /** What was forgotten to make room for models, since the start. */
    public Evictions evictions() {
        return cacheInventory.evictions();
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
