// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.kind.Access;
import dev.lastcall.agent.server.kind.GaugeSource;
import dev.lastcall.agent.server.kind.Kinds;
import dev.lastcall.agent.server.kind.QueueGauges;
import dev.lastcall.agent.values.Secret;

/** A server on this node. */
final class ServerSchema {

    private static final int MIN_KEY_LENGTH = 1;
    private static final URI NOWHERE = URI.create("http://127.0.0.1/");
    private static final String AUTO = "auto";

    /** Those of the table of kinds, and {@link #AUTO}. */
    private static final List<String> KINDS = Stream.concat(Stream.of(AUTO), Kinds.names().stream()).toList();
    private static final ValueType<Optional<ServerKind>> KIND = new ValueType<>(String.join(", ", KINDS),
            new ValueShape.OneOf(KINDS), text -> {
                if (!KINDS.contains(text)) {
                    throw new IllegalArgumentException("is not one of them");
                }
                return ServerKind.of(text);
            }, kind -> kind.map(ServerKind::label).orElse(AUTO), false);

    private ServerSchema() {}

    static ServerSettings read(Section section) {
        String name = section.required("name", Names.NAME, "unnamed", "Its name in metrics, logs and records.");
        URI url = section.required("url", ValueType.serverUrl(), NOWHERE, "Where it serves.");
        Optional<ServerKind> kind = section.value("kind", KIND, Optional.empty(), "What it is; `auto` asks it.");
        GateSettings gate = section.optionalSection("gate", one -> GateSchema.read(one, url));
        GaugeSource gauge = section.optionalSection("gauge", ServerSchema::gauge);
        Optional<Secret> key = section.secret("adminKey", ValueType.secret(MIN_KEY_LENGTH),
                "Sent with the server's own administrative calls, to this node only.");
        StopSchema.Stop stop = section.section("stop", StopSchema::read, "none");
        List<String> atNotice = section.section("door", ServerSchema::door);
        boolean probePathsOfKind = section.setAmong("gate.healthPaths", "gate.livenessPaths").isEmpty();
        return new ServerSettings(name, new Access(url, key), kind, Optional.ofNullable(gate),
                Optional.ofNullable(gauge), stop.way(), stop.first(), atNotice, probePathsOfKind);
    }

    private static List<String> door(Section section) {
        return section.values("command", Commands.WORD, List.of(),
                "Runs this program with these arguments at a notice, through no shell, with `DRAIN_SECONDS_LEFT` in its environment.");
    }

    private static GaugeSource gauge(Section section) {
        URI url = section.required("url", ValueType.url(), NOWHERE, "What is asked.");
        List<String> metrics = section.values("metrics",
                ValueType.text("a metric's name such as vllm:num_requests_running", "[A-Za-z_:][A-Za-z0-9_:]{0,199}"),
                List.of(), "Prometheus gauges to add up, over all their labels.");
        String pointer = section.optional("pointer",
                ValueType.text("a JSON pointer such as /in_flight", "(/[^\\p{Cntrl}]{0,100}){1,8}"), "none",
                "Where the number is in a JSON answer.");
        if (section.setAmong("metrics", "pointer").size() != 1) {
            section.conflict("", "needs either metrics or pointer");
        }
        QueueGauges.refusal(metrics, Optional.ofNullable(pointer))
                .ifPresent(why -> section.conflict(
                        pointer == null ? "metrics" : "pointer", why));
        return pointer == null ? new GaugeSource.Metrics(url, Set.copyOf(metrics)) : new GaugeSource.Json(url, pointer);
    }
}
