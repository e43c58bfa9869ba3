// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.lastcall.agent.drain.Budget;
import dev.lastcall.agent.gate.DoorRules;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;

/** What the drain of this configuration will look like at the next notice, by the window that each cloud gives. */
public final class DrainOutlook {

    /** Requests in flight with less of the window than this are mostly cut. */
    private static final double LEAST_SHARE = 0.5;

    private final AgentConfig config;
    private final Map<String, Duration> windows;

    private DrainOutlook(AgentConfig config, Map<String, Duration> windows) {
        this.config = config;
        this.windows = windows;
    }

    /** For each cloud that the node can be in: none where the configuration says that it is in none. */
    public static DrainOutlook of(AgentConfig config) {
        return new DrainOutlook(config, windows(config));
    }

    /** For the cloud that the node is in. */
    public static DrainOutlook of(AgentConfig config, AgentConfig.CloudChoice cloud) {
        return new DrainOutlook(config, windows(config, cloud));
    }

    private static Map<String, Duration> windows(AgentConfig config) {
        return windows(config, config.cloud());
    }

    private static Map<String, Duration> windows(AgentConfig config, AgentConfig.CloudChoice cloud) {
        Duration gcp = config.sources().gcp().preemptionNotice();
        Map<String, Duration> windows = new LinkedHashMap<>();
        switch (cloud) {
            case AWS -> windows.put("AWS", AwsSettings.SPOT_WINDOW);
            case GCP -> windows.put("GCP", gcp);
            case AZURE -> windows.put("Azure", AzureSettings.PREEMPT_WINDOW);
            case NONE -> {
            }
            case AUTO -> {
                windows.put("AWS", AwsSettings.SPOT_WINDOW);
                windows.put("GCP", gcp);
                windows.put("Azure", AzureSettings.PREEMPT_WINDOW);
            }
        }
        return windows;
    }

    /** The schedule, a line for each cloud and each way to stop. */
    public List<String> schedule() {
        List<String> lines = new ArrayList<>();
        windows.forEach((cloud, window) -> stops().forEach((needs, servers) -> {
            Budget budget = config.drain().policy().budget(window, needs);
            String whom = stops().size() > 1 ? " (" + String.join(", ", servers) + ")" : "";
            lines.add(cloud + " " + seconds(window) + " s" + whom + ": " + door(budget, servers) + "finish until "
                    + seconds(budget.cutAt()) + ", cut " + seconds(budget.cutAt()) + "-" + seconds(budget.stopAt())
                    + stop(budget, needs));
        }));
        return lines;
    }

    /** What eats the window, or does not fit into it; empty where all is well. */
    public List<String> warnings() {
        Set<String> lines = new LinkedHashSet<>();
        windows.forEach((cloud, window) -> stops().keySet().forEach(needs -> {
            config.drain()
                    .policy()
                    .misfits(window, needs)
                    .forEach(misfit -> lines.add(cloud + ": drain." + misfit));
            Duration finish = config.drain().policy().budget(window, needs).cutAt();
            if (finish.toMillis() < window.toMillis() * LEAST_SHARE) {
                lines.add(cloud + ": only " + seconds(finish) + " s of a window of " + seconds(window)
                        + " s are left for requests in flight; shorten drain.safetyMargin, drain.cutGrace or "
                        + "drain.stopGrace");
            }
        }));
        return List.copyOf(lines);
    }

    /** The longest time that a server may take from SIGTERM to SIGKILL, over all windows. */
    public Duration longestStop() {
        Duration longest = Duration.ZERO;
        for (Duration window : windows.values()) {
            for (StopNeeds needs : stops().keySet()) {
                Budget budget = config.drain().policy().budget(window, needs);
                Duration stop = budget.killAt().minus(needs.first() ? Duration.ZERO : budget.stopAt());
                longest = stop.compareTo(longest) > 0 ? stop : longest;
            }
        }
        return longest;
    }

    /** Which servers are stopped alike; a server that is not configured is left to its owner. */
    private Map<StopNeeds, List<String>> stops() {
        Map<StopNeeds, List<String>> stops = new LinkedHashMap<>();
        config.servers()
                .forEach(server -> stops
                        .computeIfAbsent(server.stop().needs(StopNeeds.PROMPT).asked(server.stopFirst()),
                                _ -> new ArrayList<>())
                        .add(server.name()));
        if (stops.isEmpty()) {
            stops.put(config.kubernetes() == null ? StopNeeds.NOTHING_TO_STOP : StopNeeds.PROMPT, List.of());
        }
        return stops;
    }

    private String door(Budget budget, List<String> servers) {
        boolean announces = config.servers()
                .stream()
                .filter(server -> servers.contains(server.name()))
                .flatMap(server -> server.gate().stream())
                .anyMatch(gate -> gate.door().at() != DoorRules.At.NOW);
        boolean gated = config.servers()
                .stream()
                .filter(server -> servers.contains(server.name()))
                .anyMatch(server -> server.gate().isPresent());
        return announces
                ? "announce until " + seconds(budget.announcedUntil()) + " at the latest, "
                : gated ? "door closed at once, " : "no gate, ";
    }

    private static String stop(Budget budget, StopNeeds needs) {
        if (!needs.stops()) {
            return ", nothing is stopped";
        }
        return needs.first()
                ? ", stop at the notice, kill " + seconds(budget.killAt())
                : ", stop " + seconds(budget.stopAt()) + ", kill " + seconds(budget.killAt());
    }

    /** Whole seconds as they are, else with one decimal. */
    private static String seconds(Duration duration) {
        long tenths = Math.round(duration.toMillis() / 100.0);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10.0 + "";
    }
}
