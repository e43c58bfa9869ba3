// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.config.DrainOutlook;
import dev.lastcall.agent.config.ServerSettings;
import dev.lastcall.agent.server.stop.StopWay;
import dev.lastcall.agent.systemd.TimeSpan;

/** What systemd has of the agent's unit and the servers' units: a time-out shorter than the budget kills in mid-drain. */
final class SystemdChecks {

    private static final Duration SHOW_BOUND = Duration.ofSeconds(3);
    private static final String AGENT = "lastcall.service";
    private static final String SHUTDOWN = "lastcall-shutdown.service";
    private static final List<String> PROPERTIES = List.of("LoadState", "ActiveState", "UnitFileState", "Type",
            "KillMode", "TimeoutStopUSec", "MainPID");

    private final Surroundings node;

    SystemdChecks(Surroundings node) {
        this.node = node;
    }

    List<DoctorCheck> all() {
        List<DoctorCheck> checks = new ArrayList<>();
        if (node.hasSystemd()) {
            checks.add(new DoctorCheck(FindingArea.SYSTEMD, AGENT, "systemctl show " + AGENT, this::agent));
        }
        for (ServerSettings server : node.config().servers()) {
            if (server.stop() instanceof StopWay.Systemd(String unit)) {
                checks.add(new DoctorCheck(FindingArea.SYSTEMD, unit, "systemctl show " + unit, () -> server(unit)));
            }
        }
        return checks;
    }

    private List<NodeFinding> agent() throws IOException {
        Map<String, String> unit = node.systemctl().show(SHOW_BOUND, AGENT, PROPERTIES);
        if (!isLoaded(unit)) {
            return List.of(NodeFinding.ok(FindingArea.SYSTEMD, AGENT, "is not installed on this node"));
        }
        List<NodeFinding> findings = new ArrayList<>();
        if (unit.getOrDefault("UnitFileState", "").equals("disabled")) {
            findings.add(NodeFinding.warn(FindingArea.SYSTEMD, AGENT, "is not started at boot",
                    "systemctl enable " + AGENT));
        }
        Optional<Duration> stop = TimeSpan.parse(unit.getOrDefault("TimeoutStopUSec", "0"));
        // A unit of type notify is given more time by systemd for as long as the agent asks for it.
        boolean asksForMore = unit.getOrDefault("Type", "").startsWith("notify");
        Duration needed = longestWindow();
        if (!asksForMore && stop.isPresent() && stop.get().compareTo(needed) < 0) {
            findings.add(NodeFinding.warn(FindingArea.SYSTEMD, AGENT, "is killed " + stop.get().toSeconds()
                    + " s after its stop begins, and a drain may take " + needed.toSeconds() + " s",
                    "systemctl edit " + AGENT + ", and under [Service]: Type=notify, or TimeoutStopSec="
                            + needed.toSeconds() + "s"));
        }
        if (unit.getOrDefault("KillMode", "").equals("control-group")) {
            findings.add(NodeFinding.warn(FindingArea.SYSTEMD, AGENT,
                    "has KillMode=control-group, so a stop also ends the commands that a drain runs",
                    "systemctl edit " + AGENT + ", and under [Service]: KillMode=mixed"));
        }
        if (!isLoaded(node.systemctl().show(SHOW_BOUND, SHUTDOWN, PROPERTIES))) {
            findings.add(NodeFinding.warn(FindingArea.SYSTEMD, SHUTDOWN,
                    "is not installed, so a shutdown stops the servers before they are drained",
                    "install it from the package, then: systemctl enable --now " + SHUTDOWN));
        }
        if (findings.isEmpty()) {
            findings.add(NodeFinding.ok(FindingArea.SYSTEMD, AGENT,
                    "is " + unit.getOrDefault("ActiveState", "unknown") + ", and has the time that a drain needs"));
        }
        return findings;
    }

    private Duration longestWindow() {
        Duration shutdown = node.config().notices().osShutdownWindow();
        Duration finish = node.config().drain().finish();
        return shutdown.compareTo(finish) > 0 ? shutdown : finish;
    }

    private List<NodeFinding> server(String unit) throws IOException {
        Map<String, String> shown = node.systemctl().show(SHOW_BOUND, unit, PROPERTIES);
        if (!isLoaded(shown)) {
            return List
                    .of(NodeFinding.fail(FindingArea.SYSTEMD, unit, "is not known to systemd, so it cannot be stopped",
                            "systemctl list-units --type=service, then correct servers[].stop.systemd"));
        }
        List<NodeFinding> findings = new ArrayList<>();
        Duration needed = DrainOutlook.of(node.config()).longestStop();
        Optional<Duration> stop = TimeSpan.parse(shown.getOrDefault("TimeoutStopUSec", "0"));
        if (stop.isPresent() && stop.get().compareTo(needed) < 0) {
            findings.add(NodeFinding.warn(FindingArea.SYSTEMD, unit, "is killed " + stop.get().toSeconds()
                    + " s after SIGTERM, and the drain gives it up to " + needed.toSeconds() + " s",
                    "lastcall attach " + unit));
        }
        String mode = shown.getOrDefault("KillMode", "control-group");
        if (!mode.equals("mixed") && !mode.equals("process")) {
            findings.add(NodeFinding.warn(FindingArea.SYSTEMD, unit, "has KillMode=" + mode
                    + ", so each stop that is not the agent's signals its workers too", "lastcall attach " + unit));
        }
        if (findings.isEmpty()) {
            findings.add(NodeFinding.ok(FindingArea.SYSTEMD, unit, "has KillMode=" + mode + " and stops within "
                    + stop.map(time -> time.toSeconds() + " s").orElse("any time")));
        }
        return findings;
    }

    private static boolean isLoaded(Map<String, String> unit) {
        return unit.getOrDefault("LoadState", "").equals("loaded");
    }
}
