// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.status.view.StatusView.Condition;
import dev.lastcall.agent.status.view.StatusView.Counts;
import dev.lastcall.agent.status.view.StatusView.DrainSteps;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import dev.lastcall.agent.status.view.StatusView.NoticeView;
import dev.lastcall.agent.status.view.StatusView.ReclamationView;
import dev.lastcall.agent.status.view.StatusView.Server;
import dev.lastcall.agent.status.view.StatusView.Source;

/** Views that tests look at. */
public final class SampleViews {

    private static final StatusView.CloudView AWS = new StatusView.CloudView("aws", "found",
            "firmware says 'Amazon EC2', 'p5.48xlarge'");

    private static final Instant AT = Instant.parse("2026-11-24T11:30:00.250Z");

    private SampleViews() {}

    /** A node where nothing happens. */
    public static StatusView quiet() {
        return new StatusView("1.2.3", AT, Duration.ofSeconds(93_725), false, AWS, instance(), List.of(),
                List.of(new Source("aws-spot", "absent", Duration.ofMillis(412), ""),
                        new Source("aws-rebalance", "absent", Duration.ofSeconds(3), "")),
                List.of(), null,
                List.of(new Server("llama", "llama-server", "http://127.0.0.1:8000", "0.0.0.0:8080", true, "open", 7,
                        new Counts(120_412, 120_405, 0, 0, 0))),
                List.of(), List.of());
    }

    /** A node in the middle of a drain, with everything that can be shown. */
    public static StatusView reclaimed() {
        return new StatusView("1.2.3", AT, Duration.ofMinutes(42), true, AWS, instance(),
                List.of(new Condition("source-blind", "warning", "aws-rebalance", "has had no good poll for 42s",
                        "the token request gets no answer: raise the hop limit or run on the host network")),
                List.of(new Source("aws-spot", "present", Duration.ofMillis(412), ""),
                        new Source("aws-rebalance", "unknown", Duration.ofSeconds(42),
                                "GET /latest/meta-data/events/recommendations/rebalance: no answer within 2s"),
                        new Source("aws-scheduled", "starting", null, "")),
                List.of(new NoticeView("aws-spot", "spot-interruption", "final", Duration.ofMillis(98_600),
                        "terminate at 2026-11-24T11:31:38Z"),
                        new NoticeView("aws-rebalance", "rebalance", "advisory", null, "<b>&amp;\u001b[31m")),
                new ReclamationView("aws-spot", "spot-interruption", Instant.parse("2026-11-24T11:29:38Z"),
                        Duration.ofSeconds(120), Duration.ofMillis(98_600)),
                List.of(new Server("llama", "llama-server", "http://127.0.0.1:8000", "0.0.0.0:8080", false, "draining",
                        3,
                        new Counts(120_412, 120_405, 17, 0, 0)),
                        new Server("embed", "generic", "http://127.0.0.1:8001", "", false, "stopped", null, null)),
                List.of(new ModelView("llama-3", "s3://weights/llama-3/", "stopped", 12, 3, 16_060_522_496L,
                        4_015_130_624L, 0, "the node is being taken back; goes on if that is withdrawn", ""),
                        new ModelView("embed", "hf://BAAI/bge-m3", "warm", 4, 4, 2_271_145_830L, 2_271_145_830L, 0, "",
                                "/var/lib/lastcall/models/embed")),
                List.of(new DrainView("embed", "vllm", Instant.parse("2026-11-24T11:29:38Z"), "aws-spot",
                        "terminate at 11:31:38", "drained", Duration.ofSeconds(120), Duration.ofMillis(19_300), 2, 2L,
                        2L, 5L, 0L, 0L, Duration.ofMillis(100_700),
                        new DrainSteps(Duration.ZERO, Duration.ofSeconds(12), Duration.ofMillis(17_200), null,
                                Duration.ofMillis(17_300)),
                        false, false, List.of()),
                        new DrainView("llama", "generic", Instant.parse("2026-11-20T03:00:00Z"), "operator",
                                "drain by an operator", "withdrawn", Duration.ofSeconds(65), Duration.ofSeconds(65),
                                null, null, null, null, null, null, Duration.ZERO, DrainSteps.NONE, false, false,
                                List.of("in flight cannot be observed: no gauge"))));
    }

    /** A node whose deadline has passed. */
    public static StatusView overdue() {
        StatusView view = reclaimed();
        return new StatusView(view.version(), view.at(), view.uptime(), false,
                new StatusView.CloudView("gcp", "found", "its metadata server answers"), Map.of(), List.of(),
                view.sources(),
                List.of(), new ReclamationView("gcp-preempted", "preemption", AT, Duration.ofSeconds(30),
                        Duration.ofSeconds(-75)),
                view.servers(), List.of(), List.of());
    }

    /** A node whose server is down and whose sources are all blind. */
    public static StatusView unprotected() {
        StatusView view = quiet();
        return new StatusView(view.version(), view.at(), view.uptime(), false, view.cloud(), view.instance(),
                List.of(new Condition("server-down", "critical", "llama", "refuses connections", "Start the server."),
                        new Condition("no-good-poll", "critical", "node", "has had no good poll of any source",
                                "See the problem of each source.")),
                view.sources(), view.notices(), null, view.servers(), view.models(), view.drains());
    }

    private static Map<String, String> instance() {
        Map<String, String> instance = new LinkedHashMap<>();
        instance.put("instance", "i-0abc123");
        instance.put("type", "g6e.xlarge");
        instance.put("zone", "us-east-1a");
        return instance;
    }
}
