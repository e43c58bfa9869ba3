// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * Registers the meters of the agent: what each is called, means and is labelled with says {@link Metric} and nothing else.
 * Labels come from closed sets and from names in the configuration, never from a network peer. Thread-safe; suppliers are read
 * at a scrape, on the scraper's thread, and must not block.
 */
public final class Metrics {

    /** The media type of {@link #scrape()}: Prometheus text format 0.0.4. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final GaugesAtTimes atTimes = new GaugesAtTimes(registry);
    /** Function counters hold what they count only weakly; here it stays. */
    private final Map<Meter.Id, LongSupplier> counted = new ConcurrentHashMap<>();

    /**
     * Makes the meters that are there from the start.
     *
     * @param version the program's version
     */
    public Metrics(String version) {
        gauge(Metric.BUILD_INFO, () -> 1, version, Runtime.version().toString());
    }

    /** Shows when the agent was started, so that an agent that is started again and again differs from one that runs. */
    public void started(Instant at) {
        gauge(Metric.START_TIME, at::getEpochSecond);
    }

    /** Shows the time left to the deadline: negative once it has passed, empty while no final notice is active. */
    public void deadline(Supplier<OptionalDouble> secondsLeft) {
        gaugeAtTimes(Metric.DEADLINE, secondsLeft);
    }

    /**
     * Adds a source.
     *
     * @param secondsSinceSuccess how long ago its last good look was, or the agent's start where it had none
     * @param problems how many of its looks failed, by the kind of failure
     */
    public void source(String source, DoubleSupplier secondsSinceSuccess,
            ToLongFunction<MetadataProblem.Kind> problems) {
        gauge(Metric.SOURCE_AGE, secondsSinceSuccess, source);
        for (MetadataProblem.Kind kind : MetadataProblem.Kind.values()) {
            counter(Metric.METADATA_PROBLEMS, () -> problems.applyAsLong(kind), source, kind.label());
        }
    }

    /** Counts a notice that was not there before. */
    public void noticed(String source, NoticeKind kind) {
        events(Metric.NOTICES, source, kind.label()).increment();
    }

    /** Adds a server. */
    public void server(String server, ServerReadings readings) {
        gauge(Metric.DOOR_OPEN, flag(readings.doorOpen()), server);
        gaugeAtTimes(Metric.IN_FLIGHT, readings.inFlight(), server);
        counter(Metric.ADMITTED, readings.admitted(), server);
        readings.refused().forEach((reason, count) -> counter(Metric.REFUSED, count, server, reason));
        counter(Metric.COMPLETED, readings.completed(), server);
        counter(Metric.UPSTREAM_FAILURES, readings.upstreamFailures(), server);
        counter(Metric.CLIENT_GONE, readings.clientGone(), server);
        counter(Metric.CUT, readings.cut(), server);
        counter(Metric.LOST, readings.lost(), server);
    }

    /** Takes a server's meters away, so that pods which come and go leave no series behind. */
    public void removeServer(String server) {
        atTimes.remove(Tag.of(MetricLabel.SERVER.key(), server));
        registry.getMeters()
                .stream()
                .filter(meter -> server.equals(meter.getId().getTag(MetricLabel.SERVER.key())))
                .forEach(meter -> {
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
        counter(Metric.KUBERNETES_CALLS, calls, verb, outcome);
    }

    /** Times a door that a notice has closed, or has announced to close. */
    public void doorTurned(DoorTurn turn, Duration sinceNotice) {
        timer(Metric.NOTICE_TO_DOOR, turn.label()).record(sinceNotice);
    }

    /**
     * Times a phase of a drain that has ended.
     *
     * @param phase which, one of a closed set of words
     */
    public void drainPhaseEnded(String phase, Duration took) {
        timer(Metric.DRAIN_PHASE, phase).record(took);
    }

    /**
     * Times a drain that has ended.
     *
     * @param outcome how, one of a closed set of words
     * @param took from the notice to its end
     */
    public void drained(String outcome, Duration took) {
        timer(Metric.DRAIN, outcome).record(took);
    }

    /** Adds a model. */
    public void model(String model, BooleanSupplier warm, LongSupplier bytes, LongSupplier bytesDone) {
        gauge(Metric.MODEL_WARM, flag(warm), model);
        gauge(Metric.MODEL_SIZE, bytes::getAsLong, model);
        gauge(Metric.MODEL_DONE, bytesDone::getAsLong, model);
    }

    /** Shows the size of all complete models in the cache. */
    public void cache(LongSupplier bytes) {
        gauge(Metric.CACHE, bytes::getAsLong);
    }

    /** Shows what was forgotten to make room in the cache. */
    public void evictions(LongSupplier models, LongSupplier bytes) {
        counter(Metric.EVICTIONS, models);
        counter(Metric.EVICTED_BYTES, bytes);
    }

    /** Times an attempt to warm a model. */
    public void warmed(String model, WarmupOutcome outcome, Duration took) {
        timer(Metric.WARMUP, model, outcome.label()).record(took);
    }

    /**
     * Counts what a warm model took.
     *
     * @param bytesReceived off the wire
     * @param files of the model
     * @param unverified those of them for which the store vouched by no digest
     */
    public void fetched(String model, long bytesReceived, int files, int unverified) {
        events(Metric.WARMUP_RECEIVED, model).increment((double) bytesReceived);
        events(Metric.WARMUP_FILES, model, FileOutcome.VERIFIED.label()).increment(files - unverified);
        events(Metric.WARMUP_FILES, model, FileOutcome.UNVERIFIED.label()).increment(unverified);
    }

    /** Shows whether the node is protected. */
    public void isProtected(BooleanSupplier now) {
        gauge(Metric.PROTECTED, flag(now));
    }

    /** Shows a condition from now on. */
    public void conditionRaised(String condition, String severity, String subject) {
        gauge(Metric.CONDITION, () -> 1, condition, severity, subject);
    }

    /** Takes a condition's series away. */
    public void conditionCleared(String condition, String severity, String subject) {
        registry.find(registryName(Metric.CONDITION))
                .tags(tags(Metric.CONDITION, condition, severity, subject))
                .meters()
                .forEach(registry::remove);
    }

    /** Counts a fault of one of the agent's own parts, which goes on. */
    public void internalFault(String part) {
        events(Metric.INTERNAL_FAULTS, part).increment();
    }

    /** Counts a call to the agent's own interface that was refused. */
    public void apiRefused(ApiRefusal reason) {
        events(Metric.API_REFUSED, reason.label()).increment();
    }

    /** The whole page, in Prometheus text format. */
    public String scrape() {
        atTimes.read();
        return registry.scrape();
    }

    private void gauge(Metric metric, DoubleSupplier now, String... values) {
        Gauge.builder(nameOf(metric, MetricType.GAUGE), now::getAsDouble)
                .description(metric.description())
                .tags(tags(metric, values))
                .register(registry);
    }

    private void gaugeAtTimes(Metric metric, Supplier<OptionalDouble> now, String... values) {
        atTimes.add(typed(metric, MetricType.GAUGE_AT_TIMES), tags(metric, values), now);
    }

    private void counter(Metric metric, LongSupplier count, String... values) {
        Meter.Id id = FunctionCounter
                .builder(nameOf(metric, MetricType.COUNTER), count, LongSupplier::getAsLong)
                .description(metric.description())
                .tags(tags(metric, values))
                .register(registry)
                .getId();
        counted.put(id, count);
    }

    private Counter events(Metric metric, String... values) {
        return Counter.builder(nameOf(metric, MetricType.EVENTS))
                .description(metric.description())
                .tags(tags(metric, values))
                .register(registry);
    }

    private Timer timer(Metric metric, String... values) {
        return Timer.builder(nameOf(metric, MetricType.TIMER))
                .description(metric.description())
                .tags(tags(metric, values))
                .register(registry);
    }

    private static DoubleSupplier flag(BooleanSupplier now) {
        return () -> now.getAsBoolean() ? 1 : 0;
    }

    private static String nameOf(Metric metric, MetricType as) {
        return registryName(typed(metric, as));
    }

    /** The registry joins the words again, and adds the endings that Prometheus wants only where they are missing. */
    static String registryName(Metric metric) {
        return metric.family().replace('_', '.');
    }

    private static Metric typed(Metric metric, MetricType as) {
        if (metric.type() != as) {
            throw new IllegalArgumentException(metric + " is registered as " + as + " and is " + metric.type()
                    + ": correct the method of Metrics");
        }
        return metric;
    }

    /** @param values of the metric's labels, in their order */
    private static Tags tags(Metric metric, String... values) {
        List<MetricLabel> labels = metric.labels();
        if (labels.size() != values.length) {
            throw new IllegalArgumentException(metric + " has the labels " + labels + " and got " + values.length
                    + " values: correct the method of Metrics");
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            tags.add(Tag.of(labels.get(i).key(), values[i]));
        }
        return Tags.of(tags);
    }
}
