// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.util.List;

/**
 * Every metric of the agent, in the order of the page docs/metrics.md, which is generated from this list. {@link Metrics}
 * registers nothing else, so that the page, the help text of a scrape and the code cannot disagree.
 *
 * <p>A new one needs: a method of {@link Metrics}, a test that makes it appear, and the page renewed.
 */
public enum Metric {
    /** Which program this is. */
    BUILD_INFO(MetricTopic.AGENT, "lastcall_build_info", MetricType.GAUGE, MetricUnit.FLAG,
            "Always 1; the version is in the labels.",
            "Which version runs on which node?", MetricLabel.VERSION, MetricLabel.JAVA),
    /** When the agent was started. */
    START_TIME(MetricTopic.AGENT, "lastcall_start_time_seconds", MetricType.GAUGE, MetricUnit.SECONDS,
            "When the agent was started, since the epoch.", "Is it started again and again? Count the changes."),
    /** Whether the node is protected. */
    PROTECTED(MetricTopic.AGENT, "lastcall_protected", MetricType.GAUGE, MetricUnit.FLAG,
            "1 while no condition of severity critical is active.",
            "How many nodes would drain well if a notice came now?"),
    /** What is wrong or missing. */
    CONDITION(MetricTopic.AGENT, "lastcall_condition", MetricType.GAUGE, MetricUnit.FLAG,
            "1 for each condition that is active; docs/conditions.md explains them.",
            "What is wrong now, and with what? A series ends when its condition is cleared.",
            MetricLabel.CONDITION, MetricLabel.SEVERITY, MetricLabel.SUBJECT),
    /** Faults of the agent. */
    INTERNAL_FAULTS(MetricTopic.AGENT, "lastcall_internal_faults_total", MetricType.EVENTS, MetricUnit.COUNT,
            "Faults of the agent's own parts; each goes on after it.",
            "Each one is a fault of Lastcall: report it with the log.", MetricLabel.PART),
    /** Refused calls of the agent's interface. */
    API_REFUSED(MetricTopic.AGENT, "lastcall_api_refused_total", MetricType.EVENTS, MetricUnit.COUNT,
            "Calls of the agent's own interface that were refused.",
            "Does a client misuse the status port, or take up all of its places?", MetricLabel.API_REFUSAL),

    /** The time left. */
    DEADLINE(MetricTopic.NOTICES, "lastcall_deadline_seconds", MetricType.GAUGE_AT_TIMES, MetricUnit.SECONDS,
            "Time left to the deadline; negative once it has passed, absent without a final notice.",
            "Which nodes are being taken back, and how soon?"),
    /** Notices. */
    NOTICES(MetricTopic.NOTICES, "lastcall_notices_total", MetricType.EVENTS, MetricUnit.COUNT,
            "Notices seen, each once.",
            "How often does the provider take capacity back, and by which kind of notice?",
            MetricLabel.SOURCE, MetricLabel.NOTICE_KIND),
    /** How long a source has been blind. */
    SOURCE_AGE(MetricTopic.NOTICES, "lastcall_source_last_success_age_seconds", MetricType.GAUGE, MetricUnit.SECONDS,
            "Time since the source last gave a definite answer; since the agent's start where it never has.",
            "Would a notice be missed? A source that answers stays near the interval of its looks.",
            MetricLabel.SOURCE),
    /** Looks that failed. */
    METADATA_PROBLEMS(MetricTopic.NOTICES, "lastcall_metadata_problems_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Looks at a source that failed.",
            "Why is a source blind?", MetricLabel.SOURCE, MetricLabel.PROBLEM_KIND),

    /** The door. */
    DOOR_OPEN(MetricTopic.REQUESTS, "lastcall_door_open", MetricType.GAUGE, MetricUnit.FLAG,
            "1 while the server's door lets requests in.",
            "Does a server refuse requests although no notice is active?", MetricLabel.SERVER),
    /** Requests in flight. */
    IN_FLIGHT(MetricTopic.REQUESTS, "lastcall_requests_in_flight", MetricType.GAUGE_AT_TIMES, MetricUnit.COUNT,
            "Requests in flight; absent while that cannot be read.",
            "What does the drain still wait for? The gate counts exactly; without it, the server's own gauges are read.",
            MetricLabel.SERVER),
    /** Requests let in. */
    ADMITTED(MetricTopic.REQUESTS, "lastcall_requests_admitted_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Requests let in.",
            "What load does the gate carry? 0 for a server without a gate.", MetricLabel.SERVER),
    /** Requests not let in. */
    REFUSED(MetricTopic.REQUESTS, "lastcall_requests_refused_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Requests not let in.",
            "Do routers still send requests to a closed door (`draining`)? 0 for a server without a gate.",
            MetricLabel.SERVER, MetricLabel.REQUEST_REFUSAL),
    /** Requests completed. */
    COMPLETED(MetricTopic.REQUESTS, "lastcall_requests_completed_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Requests whose whole answer was written to the client.",
            "What share of the requests let in ends well, also during drains? 0 for a server without a gate.",
            MetricLabel.SERVER),
    /** Requests that the server did not answer. */
    UPSTREAM_FAILURES(MetricTopic.REQUESTS, "lastcall_requests_upstream_failures_total", MetricType.COUNTER,
            MetricUnit.COUNT,
            "Requests that the gate answered 502 or 503, because the server was not reached or gave no usable answer.",
            "Does the server refuse or break connections? 0 for a server without a gate.", MetricLabel.SERVER),
    /** Requests whose client left. */
    CLIENT_GONE(MetricTopic.REQUESTS, "lastcall_requests_client_gone_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Requests whose client left before the answer was complete.",
            "Do clients give up, by a timeout of their own? 0 for a server without a gate.", MetricLabel.SERVER),
    /** Requests cut. */
    CUT(MetricTopic.REQUESTS, "lastcall_requests_cut_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Requests ended by the agent before they were complete.",
            "Is the window too short for the requests? Each client got an error that says so. 0 for a server without a gate.",
            MetricLabel.SERVER),
    /** Requests lost. */
    LOST(MetricTopic.REQUESTS, "lastcall_requests_lost_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Requests whose client got a broken answer.",
            "The number that must stay 0: a server died in the middle of an answer. 0 for a server without a gate.",
            MetricLabel.SERVER),
    /** How fast the door follows the notice. */
    NOTICE_TO_DOOR(MetricTopic.DRAINS, "lastcall_notice_to_door_seconds", MetricType.TIMER, MetricUnit.SECONDS,
            "From the notice being seen to the door being closed, or announced to close.",
            "How long did requests still get in after the notice? A server found later counts from the notice too.",
            MetricLabel.DOOR_TURN),
    /** The phases of drains. */
    DRAIN_PHASE(MetricTopic.DRAINS, "lastcall_drain_phase_seconds", MetricType.TIMER, MetricUnit.SECONDS,
            "Time that drains were in each phase; after a restart of the agent, since then.",
            "Where does the window go: to routers (`announcing`, `settling`), to requests (`draining`, `cutting`), or to "
                    + "the end of the server (`stopping`)?",
            MetricLabel.DRAIN_PHASE),
    /** Drains. */
    DRAIN(MetricTopic.DRAINS, "lastcall_drain_seconds", MetricType.TIMER, MetricUnit.SECONDS,
            "From the notice to the end of the drain.",
            "How much of the window do drains use, and how do they end?", MetricLabel.DRAIN_OUTCOME),

    /** Whether a model is warm. */
    MODEL_WARM(MetricTopic.MODELS, "lastcall_model_warm", MetricType.GAUGE, MetricUnit.FLAG,
            "1 while all files of the model are in the cache, verified.", "Could a server on this node start now?",
            MetricLabel.MODEL),
    /** A model's size. */
    MODEL_SIZE(MetricTopic.MODELS, "lastcall_model_size_bytes", MetricType.GAUGE, MetricUnit.BYTES,
            "Size of the model; 0 until it is listed.",
            "How much is there to fetch?", MetricLabel.MODEL),
    /** What of a model is there. */
    MODEL_DONE(MetricTopic.MODELS, "lastcall_model_done_bytes", MetricType.GAUGE, MetricUnit.BYTES,
            "What of the model is in place.",
            "How far is the warm-up, and how fast? Divide it by the size, or take its `deriv()`.", MetricLabel.MODEL),
    /** Attempts to warm. */
    WARMUP(MetricTopic.MODELS, "lastcall_warmup_seconds", MetricType.TIMER, MetricUnit.SECONDS,
            "Attempts to warm a model.",
            "How long does a warm-up take, and does it fail? An attempt that finds all files in the cache counts too.",
            MetricLabel.MODEL, MetricLabel.WARMUP_OUTCOME),
    /** Bytes received. */
    WARMUP_RECEIVED(MetricTopic.MODELS, "lastcall_warmup_received_bytes_total", MetricType.EVENTS, MetricUnit.BYTES,
            "Received from stores for models that became warm.",
            "What do warm-ups cost in transfer? It grows when a model becomes warm, not while it is fetched.",
            MetricLabel.MODEL),
    /** Files warmed. */
    WARMUP_FILES(MetricTopic.MODELS, "lastcall_warmup_files_total", MetricType.EVENTS, MetricUnit.COUNT,
            "Files of models that became warm; unverified where the store gave no digest.",
            "Does a store give no digests? Each attempt that ends warm counts all files of its model.",
            MetricLabel.MODEL, MetricLabel.FILE_OUTCOME),
    /** The cache's size. */
    CACHE(MetricTopic.MODELS, "lastcall_cache_bytes", MetricType.GAUGE, MetricUnit.BYTES,
            "Size of all complete models in the cache.",
            "How near is the cache to `cache.quota`?"),
    /** Evictions. */
    EVICTIONS(MetricTopic.MODELS, "lastcall_cache_evictions_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Models forgotten to make room for others.", "Is the cache too small for the models of this node?"),
    /** Evicted bytes. */
    EVICTED_BYTES(MetricTopic.MODELS, "lastcall_cache_evicted_bytes_total", MetricType.COUNTER, MetricUnit.BYTES,
            "Size of the models forgotten to make room for others.", "How much would have to be fetched again?"),

    /** Calls to Kubernetes. */
    KUBERNETES_CALLS(MetricTopic.KUBERNETES, "lastcall_kubernetes_calls_total", MetricType.COUNTER, MetricUnit.COUNT,
            "Calls to the Kubernetes API.",
            "May the agent do what it must, and does the API server answer?",
            MetricLabel.CALL_VERB, MetricLabel.CALL_OUTCOME);

    private final MetricTopic topic;
    private final String family;
    private final MetricType type;
    private final MetricUnit unit;
    private final String description;
    private final String question;
    @SuppressWarnings("ImmutableEnumChecker") // a copy, by List.of
    private final List<MetricLabel> labels;

    Metric(MetricTopic topic, String family, MetricType type, MetricUnit unit, String description, String question,
            MetricLabel... labels) {
        this.topic = topic;
        this.family = family;
        this.type = type;
        this.unit = unit;
        this.description = description;
        this.question = question;
        this.labels = List.of(labels);
    }

    /** What it is about. */
    public MetricTopic topic() {
        return topic;
    }

    /** Its name, as Prometheus sees it. */
    public String family() {
        return family;
    }

    /** The name of the gauge beside a {@link Type#TIMER} that has the longest time of late. */
    public String maximum() {
        return family + "_max";
    }

    /** The names of its series. */
    public List<String> seriesNames() {
        return switch (type) {
            case GAUGE, GAUGE_AT_TIMES, COUNTER, EVENTS -> List.of(family);
            case TIMER -> List.of(family + "_count", family + "_sum", maximum());
        };
    }

    /** What kind of series it is. */
    public MetricType type() {
        return type;
    }

    /** What its value is in. */
    public MetricUnit unit() {
        return unit;
    }

    /** What it means, as one sentence: the help text of a scrape. */
    public String description() {
        return description;
    }

    /** Which question it answers, for the docs. */
    public String question() {
        return question;
    }

    /** Its labels; each series has all of them. */
    public List<MetricLabel> labels() {
        return labels;
    }
}
