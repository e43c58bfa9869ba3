// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.values.Durations;

/** How long the kubelet of this node waits for its pods when the machine shuts down, where its configuration can be read. */
final class KubeletChecks {

    /** Where kubeadm, EKS and GKE put it. */
    private static final List<String> FILES = List.of("/var/lib/kubelet/config.yaml",
            "/etc/kubernetes/kubelet/config.json", "/etc/kubernetes/kubelet/kubelet-config.json",
            "/home/kubernetes/kubelet-config.yaml");

    private static final int MAX_BYTES = 256 * 1024;
    private static final Duration CALL_BOUND = Duration.ofSeconds(3);
    private static final Pattern INHIBIT = Pattern.compile("t (\\d{1,18})");

    private final Surroundings node;

    KubeletChecks(Surroundings node) {
        this.node = node;
    }

    List<DoctorCheck> all() {
        return List.of(new DoctorCheck(FindingArea.KUBELET, "shutdown", "systemctl status kubelet", this::look));
    }

    private List<NodeFinding> look() throws IOException {
        Optional<Path> file = FILES.stream().map(node::at).filter(Files::isReadable).findFirst();
        if (file.isEmpty()) {
            return node.config().kubernetes() == null
                    ? List.of()
                    : List.of(NodeFinding.ok(FindingArea.KUBELET, "shutdown",
                            "is not checked: the kubelet's configuration cannot be read from here"));
        }
        String text;
        try (InputStream in = Files.newInputStream(file.get())) {
            text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        }
        Duration whole = span(text, "shutdownGracePeriod");
        Duration critical = span(text, "shutdownGracePeriodCriticalPods");
        Duration wanted = node.config().notices().osShutdownWindow();
        String set = "set shutdownGracePeriod: " + Durations.format(wanted)
                + " and shutdownGracePeriodCriticalPods: 10s in " + file.get() + ", then: systemctl restart kubelet";
        if (whole.isZero()) {
            return List.of(NodeFinding.warn(FindingArea.KUBELET, "shutdown",
                    "the kubelet does not wait for its pods when the machine shuts down: shutdownGracePeriod is 0",
                    set));
        }
        if (critical.compareTo(whole) >= 0) {
            return List.of(NodeFinding.warn(FindingArea.KUBELET, "shutdown", "ordinary pods have no time: of "
                    + whole.toSeconds() + " s the kubelet keeps " + critical.toSeconds() + " s for critical pods",
                    set));
        }
        if (whole.compareTo(wanted) < 0) {
            return List.of(NodeFinding.warn(FindingArea.KUBELET, "shutdown", "the kubelet ends its pods within "
                    + whole.toSeconds() + " s of a shutdown, and the agent plans with notices.osShutdownWindow, "
                    + wanted.toSeconds() + " s", set + "; or set notices.osShutdownWindow"));
        }
        return List.of(inhibited(whole).orElseGet(() -> NodeFinding.ok(FindingArea.KUBELET, "shutdown",
                "ordinary pods have " + whole.minus(critical).toSeconds() + " s, critical ones "
                        + critical.toSeconds() + " s more")));
    }

    /** logind lets the kubelet hold the shutdown up for this long at most. */
    private Optional<NodeFinding> inhibited(Duration whole) {
        try {
            Matcher answer = INHIBIT.matcher(node.busctl()
                    .run(CALL_BOUND, "get-property", "org.freedesktop.login1", "/org/freedesktop/login1",
                            "org.freedesktop.login1.Manager", "InhibitDelayMaxUSec")
                    .text());
            if (!answer.matches()) {
                return Optional.empty();
            }
            Duration most = Duration.ofNanos(Math.multiplyExact(Long.parseLong(answer.group(1)), 1000));
            return most.compareTo(whole) >= 0
                    ? Optional.empty()
                    : Optional.of(NodeFinding.warn(FindingArea.KUBELET, "logind",
                            "lets the kubelet hold a shutdown up for "
                                    + most.toSeconds() + " s, and the kubelet wants " + whole.toSeconds() + " s",
                            "set InhibitDelayMaxSec=" + whole.toSeconds()
                                    + " in /etc/systemd/logind.conf.d/99-kubelet.conf, then: systemctl restart "
                                    + "systemd-logind"));
        } catch (IOException | ArithmeticException none) {
            return Optional.empty();
        }
    }

    /** Of YAML or JSON; zero where it is not set, as for the kubelet. */
    private static Duration span(String text, String key) {
        Matcher value = Pattern.compile("(?m)^[^#\n]*?(?<![A-Za-z])" + key + "\"?\\s*:\\s*\"?([0-9hms.]+)")
                .matcher(text);
        if (!value.find()) {
            return Duration.ZERO;
        }
        try {
            return Durations.parse(value.group(1));
        } catch (IllegalArgumentException other) {
            return Duration.ZERO;
        }
    }
}
