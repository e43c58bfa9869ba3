// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * Every meter of the agent: names, units and label sets stand here and nowhere else. Labels come from closed sets and
 * from names in the configuration, never from a network peer. Thread-safe; suppliers are read at a scrape, on the
 * scraper's thread, and must not block.
 */
public final class Metrics {

    /** The media type of {@link #scrape()}: Prometheus text format 0.0.4. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String SOURCE = "source";
    private static final String KIND = "kind";
    private static final String SERVER = "server";
    private static final String MODEL = "model";
    private static final String BYTES = "bytes";
    private static final String SECONDS = "seconds";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    /** Function counters hold what they count only weakly; here it stays. */
    private final Map<Meter.Id, LongSupplier> counted = new ConcurrentHashMap<>();

    /**
     * Makes the meters that are there from the start.
     *
     * @param version the program's version
     */
    public Metrics(String version) {
        Gauge.builder("lastcall.build.info", () -> 1)
                .description("Always 1; the version is in the labels.")
                .tags("version", version, "java", Runtime.version().toString())
                .register(registry);
    }

    /** Shows when the agent was started, so that an agent that is started again and again differs from one that runs. */
    public void started(Instant at) {
        Gauge.builder("lastcall.start.time", at::getEpochSecond)
                .baseUnit(SECONDS)
                .description("When the agent was started, since the epoch.")
                .register(registry);
    }

    /** Shows the time left to the deadline: negative once it has passed, NaN while no final notice is active. */
    public void deadline(DoubleSupplier secondsLeft) {
        Gauge.builder("lastcall.deadline", secondsLeft::getAsDouble)
                .baseUnit(SECONDS)
                .description("Time left to the deadline; negative once it has passed, NaN without a final notice.")
                .register(registry);
    }

    /**
     * Adds a source.
     *
     * @param secondsSinceSuccess how long ago its last good look was, or the agent's start where it had none
     * @param problems how many of its looks failed, by the kind of failure
     */
    public void source(String source, DoubleSupplier secondsSinceSuccess,
            ToLongFunction<MetadataProblem.Kind> problems) {
        Gauge.builder("lastcall.source.last.success.age", secondsSinceSuccess::getAsDouble)
                .baseUnit(SECONDS)
                .description(
                        "Time since the source last gave a definite answer; since the agent's start where it never has.")
                .tag(SOURCE, source)
                .register(registry);
        for (MetadataProblem.Kind kind : MetadataProblem.Kind.values()) {
            count("lastcall.metadata.problems", "Looks at a source that failed.",
                    Tags.of(SOURCE, source, KIND, kind.label()), () -> problems.applyAsLong(kind));
        }
    }

    /** Counts a notice that was not there before. */
    public void noticed(String source, NoticeKind kind) {
        Counter.builder("lastcall.notices")
                .description("Notices seen, each once.")
                .tag(SOURCE, source)
                .tag(KIND, kind.label())
                .register(registry)
                .increment();
    }

    /** Adds a server. */
    public void server(String server, ServerReadings readings) {
        Tags tags = Tags.of(SERVER, server);
        Gauge.builder("lastcall.door.open", () -> readings.doorOpen().getAsBoolean() ? 1 : 0)
                .description("1 while the server's door lets requests in.")
                .tags(tags)
                .register(registry);
        Gauge.builder("lastcall.requests.in.flight", readings.inFlight()::getAsDouble)
                .description("Requests in flight; NaN where it cannot be read.")
                .tags(tags)
                .register(registry);
        count("lastcall.requests.admitted", "Requests let in.", tags, readings.admitted());
        readings.refused()
                .forEach((reason, count) -> count("lastcall.requests.refused", "Requests not let in.",
                        tags.and("reason", reason), count));
        count("lastcall.requests.cut", "Requests ended by the agent before they were complete.", tags, readings.cut());
        count("lastcall.requests.lost", "Requests whose client got a broken answer.", tags, readings.lost());
    }

    /** Takes a server's meters away, so that pods which come and go leave no series behind. */
    public void removeServer(String server) {
        registry.getMeters().stream().filter(meter -> server.equals(meter.getId().getTag(SERVER))).forEach(meter -> {
            registry.remove(meter);
            counted.remove(meter.getId());
        });
    }

    /**
     * Adds the calls to the Kubernetes API.
     *
     * @param verb of the call, one of a closed set
     * @param outcome how it ended, one of a closed set
     */
    public void kubernetesCalls(String verb, String outcome, LongSupplier calls) {
        count("lastcall.kubernetes.calls", "Calls to the Kubernetes API.", Tags.of("verb", verb, "outcome", outcome),
                calls);
    }

    /**
     * Times a drain that has ended.
     *
     * @param outcome how, one of a closed set of words
     * @param took from the notice to its end
     */
    public void drained(String outcome, Duration took) {
        Timer.builder("lastcall.drain")
                .description("From the notice to the end of the drain.")
                .tag("outcome", outcome)
                .register(registry)
                .record(took);
    }

    /** Adds a model. */
    public void model(String model, BooleanSupplier warm, LongSupplier bytes, LongSupplier bytesDone) {
        Gauge.builder("lastcall.model.warm", () -> warm.getAsBoolean() ? 1 : 0)
                .description("1 while all files of the model are in the cache, verified.")
                .tag(MODEL, model)
                .register(registry);
        Gauge.builder("lastcall.model.size", bytes::getAsLong)
                .baseUnit(BYTES)
                .description("Size of the model; 0 until it is listed.")
                .tag(MODEL, model)
                .register(registry);
        Gauge.builder("lastcall.model.done", bytesDone::getAsLong)
                .baseUnit(BYTES)
                .description("What of the model is in place.")
                .tag(MODEL, model)
                .register(registry);
    }

    /** Shows the size of all complete models in the cache. */
    public void cache(LongSupplier bytes) {
        Gauge.builder("lastcall.cache", bytes::getAsLong)
                .baseUnit(BYTES)
                .description("Size of all complete models in the cache.")
                .register(registry);
    }

    /** Shows what was forgotten to make room in the cache. */
    public void evictions(LongSupplier models, LongSupplier bytes) {
        count("lastcall.cache.evictions", "Models forgotten to make room for others.", Tags.empty(), models);
        count("lastcall.cache.evicted.bytes", "Size of the models forgotten to make room for others.", Tags.empty(),
                bytes);
    }

    /**
     * Times an attempt to warm a model.
     *
     * @param outcome {@code warm}, {@code failed} or {@code stopped}
     */
    public void warmed(String model, String outcome, Duration took) {
        Timer.builder("lastcall.warmup")
                .description("Attempts to warm a model.")
                .tag(MODEL, model)
                .tag("outcome", outcome)
                .register(registry)
                .record(took);
    }

    /**
     * Counts what a warm model took.
     *
     * @param bytesReceived off the wire
     * @param files of the model
     * @param unverified those of them for which the store vouched by no digest
     */
    public void fetched(String model, long bytesReceived, int files, int unverified) {
        Counter.builder("lastcall.warmup.received")
                .baseUnit(BYTES)
                .description("Received from stores for models that became warm.")
                .tag(MODEL, model)
                .register(registry)
                .increment((double) bytesReceived);
        filesWarmed(model, "verified", files - unverified);
        filesWarmed(model, "unverified", unverified);
    }

    private void filesWarmed(String model, String outcome, int files) {
        Counter.builder("lastcall.warmup.files")
                .description("Files of models that became warm; unverified where the store gave no digest.")
                .tag(MODEL, model)
                .tag("outcome", outcome)
                .register(registry)
                .increment(files);
    }

    /** Shows whether the node is protected. */
    public void isProtected(BooleanSupplier now) {
        Gauge.builder("lastcall.protected", () -> now.getAsBoolean() ? 1 : 0)
                .description("1 while no condition of severity critical is active.")
                .register(registry);
    }

    /** Shows a condition from now on. */
    public void conditionRaised(String condition, String severity, String subject) {
        Gauge.builder("lastcall.condition", () -> 1)
                .description("1 for each condition that is active; docs/conditions.md explains them.")
                .tags(conditionTags(condition, severity, subject))
                .register(registry);
    }

    /** Takes a condition's series away. */
    public void conditionCleared(String condition, String severity, String subject) {
        registry.find("lastcall.condition")
                .tags(conditionTags(condition, severity, subject))
                .meters()
                .forEach(registry::remove);
    }

    private static Tags conditionTags(String condition, String severity, String subject) {
        return Tags.of("condition", condition, "severity", severity, "subject", subject);
    }

    /** Counts a fault of one of the agent's own parts, which goes on. */
    public void internalFault(String part) {
        Counter.builder("lastcall.internal.faults")
                .description("Faults of the agent's own parts; each goes on after it.")
                .tag("part", part)
                .register(registry)
                .increment();
    }

    /** Counts a call to the agent's own interface that was refused. */
    public void apiRefused(ApiRefusal reason) {
        Counter.builder("lastcall.api.refused")
                .description("Calls of the agent's own interface that were refused.")
                .tag("reason", reason.label())
                .register(registry)
                .increment();
    }

    /** The whole page, in Prometheus text format. */
    public String scrape() {
        return registry.scrape();
    }

    private void count(String name, String description, Tags tags, LongSupplier count) {
        Meter.Id id = FunctionCounter.builder(name, count, LongSupplier::getAsLong)
                .description(description)
                .tags(tags)
                .register(registry)
                .getId();
        counted.put(id, count);
    }
}
