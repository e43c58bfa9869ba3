// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeKind;

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
    private static final String REASON = "reason";
    private static final String OUTCOME = "outcome";

    private final MetricPage page = new MetricPage();

    /**
     * Makes the meters that are there from the start.
     *
     * @param version the program's version
     */
    public Metrics(String version) {
        page.info("lastcall_build_info", "Always 1; the version is in the labels.",
                Map.of("version", version, "java", Runtime.version().toString()));
    }

    /** Shows the time left to the deadline: negative once it has passed, NaN while no final notice stands. */
    public void deadline(DoubleSupplier secondsLeft) {
        page.gauge("lastcall_deadline_seconds",
                "Time left to the deadline; negative once it has passed, NaN without a final notice.", Map.of(),
                secondsLeft);
    }

    /**
     * Adds a source.
     *
     * @param secondsSinceGoodLook how long ago its last good look was; NaN where it had none
     * @param problems how many of its looks failed, by the kind of failure
     */
    public void source(String source, DoubleSupplier secondsSinceGoodLook,
            ToLongFunction<MetadataProblem.Kind> problems) {
        page.gauge("lastcall_source_last_good_look_age_seconds", "Time since the source last gave a definite answer.",
                Map.of(SOURCE, source), secondsSinceGoodLook);
        for (MetadataProblem.Kind kind : MetadataProblem.Kind.values()) {
            page.counter("lastcall_metadata_problems_total", "Looks at a source that failed.",
                    Map.of(SOURCE, source, KIND, kind.label()), () -> problems.applyAsLong(kind));
        }
    }

    /** Counts a notice that was not there before. */
    public void noticed(String source, NoticeKind kind) {
        page.add("lastcall_notices_total", "Notices seen, each once.", Map.of(SOURCE, source, KIND, kind.label()), 1);
    }

    /** Adds a server. */
    public void server(String server, ServerReadings readings) {
        Map<String, String> labels = Map.of(SERVER, server);
        page.gauge("lastcall_door_open", "1 while the server's door lets requests in.", labels,
                () -> readings.doorOpen().getAsBoolean() ? 1 : 0);
        page.gauge("lastcall_requests_in_flight", "Requests in flight; NaN where it cannot be read.", labels,
                readings.inFlight());
        page.counter("lastcall_requests_admitted_total", "Requests let in.", labels, readings.admitted());
        readings.refused()
                .forEach((reason, count) -> page.counter("lastcall_requests_refused_total", "Requests not let in.",
                        Map.of(SERVER, server, REASON, reason), count));
        page.counter("lastcall_requests_cut_total", "Requests ended by the agent before they were complete.", labels,
                readings.cut());
        page.counter("lastcall_requests_lost_total", "Requests whose client got a broken answer.", labels,
                readings.lost());
    }

    /** Takes a server's meters away, so that pods which come and go leave no series behind. */
    public void removeServer(String server) {
        page.remove(SERVER, server);
    }

    /**
     * Adds the calls to the Kubernetes API.
     *
     * @param verb of the call, one of a closed set
     * @param outcome how it ended, one of a closed set
     */
    public void kubernetesCalls(String verb, String outcome, LongSupplier calls) {
        page.counter("lastcall_kubernetes_calls_total", "Calls to the Kubernetes API.",
                Map.of("verb", verb, OUTCOME, outcome),
                calls);
    }

    /**
     * Times a drain that has ended.
     *
     * @param outcome how, one of a closed set of words
     * @param took from the notice to its end
     */
    public void drained(String outcome, Duration took) {
        page.record("lastcall_drain_seconds", "From the notice to the end of the drain.", Map.of(OUTCOME, outcome),
                took);
    }

    /** Adds a model. */
    public void model(String model, BooleanSupplier warm, LongSupplier bytes, LongSupplier bytesDone) {
        page.gauge("lastcall_model_warm", "1 while all files of the model are in the cache, verified.",
                Map.of(MODEL, model), () -> warm.getAsBoolean() ? 1 : 0);
        page.gauge("lastcall_model_size_bytes", "Size of the model; 0 until it is listed.", Map.of(MODEL, model),
                bytes::getAsLong);
        page.gauge("lastcall_model_done_bytes", "What of the model is in place.", Map.of(MODEL, model),
                bytesDone::getAsLong);
    }

    /** Shows the size of all complete models in the cache. */
    public void cache(LongSupplier bytes) {
        page.gauge("lastcall_cache_bytes", "Size of all complete models in the cache.", Map.of(), bytes::getAsLong);
    }

    /** Shows what was forgotten to make room in the cache. */
    public void evictions(LongSupplier models, LongSupplier bytes) {
        page.counter("lastcall_cache_evictions_total", "Models forgotten to make room for others.", Map.of(), models);
        page.counter("lastcall_cache_evicted_bytes_total", "Size of the models forgotten to make room for others.",
                Map.of(),
                bytes);
    }

    /**
     * Times an attempt to warm a model.
     *
     * @param outcome {@code warm}, {@code failed} or {@code stopped}
     */
    public void warmed(String model, String outcome, Duration took) {
        page.record("lastcall_warmup_seconds", "Attempts to warm a model.", Map.of(MODEL, model, OUTCOME, outcome),
                took);
    }

    /**
     * Counts what a warm model took.
     *
     * @param bytesReceived off the wire
     * @param files of the model
     * @param unverified those of them for which the store vouched by no digest
     */
    public void fetched(String model, long bytesReceived, int files, int unverified) {
        page.add("lastcall_warmup_received_bytes_total", "Received from stores for models that became warm.",
                Map.of(MODEL, model), (double) bytesReceived);
        filesWarmed(model, "verified", files - unverified);
        filesWarmed(model, "unverified", unverified);
    }

    private void filesWarmed(String model, String outcome, int files) {
        page.add("lastcall_warmup_files_total",
                "Files of models that became warm; unverified where the store gave no digest.",
                Map.of(MODEL, model, OUTCOME, outcome), files);
    }

    /** Counts a call to the agent's own interface that was refused. */
    public void apiRefused(ApiRefusal reason) {
        page.add("lastcall_api_refused_total", "Calls of the agent's own interface that were refused.",
                Map.of(REASON, reason.label()), 1);
    }

    /** The whole page, in Prometheus text format. */
    public String scrape() {
        return page.text();
    }
}
