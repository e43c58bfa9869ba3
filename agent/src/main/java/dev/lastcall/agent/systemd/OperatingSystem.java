// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the agent must know of the operating system after a stop signal: whether the machine goes down with it, and
 * whether another agent is to follow.
 *
 * <p>An upgrade or a restart of the agent sends the same SIGTERM as a shutdown of the machine. Only systemd knows the
 * difference: its manager state is {@code stopping} from the moment a shutdown is queued (systemctl(1),
 * is-system-running), and a restart is a job of its own kind. Where systemd is not the init, the answer is no.
 */
public final class OperatingSystem {

    /** Longest wait for systemctl's answer; the default of 90 s for a unit's stop leaves room for it. */
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(2);

    private final Path booted;
    private final Path ownControlGroups;
    private final Systemctl systemctl;

    /** The operating system this process runs on. */
    public static OperatingSystem current() {
        return new OperatingSystem(Path.of("/run/systemd/system"), Path.of("/proc/self/cgroup"), Systemctl.local());
    }

    /**
     * @param booted the directory that exists where systemd is the init (sd_booted(3))
     * @param ownControlGroups where the process's control groups, and with them its unit, are named (cgroups(7))
     * @param systemctl asks systemd
     */
    public OperatingSystem(Path booted, Path ownControlGroups, Systemctl systemctl) {
        this.booted = booted;
        this.ownControlGroups = ownControlGroups;
        this.systemctl = systemctl;
    }

    /** Whether a shutdown or a reboot is under way; false where it cannot be found out. Blocks for 2 s at most. */
    public boolean isShuttingDown() {
        return ask("is-system-running").equals("stopping");
    }

    /**
     * Whether systemd is to start this service again once this process has ended, as in an upgrade; false where it cannot be
     * found out. Blocks for 2 s at most.
     */
    public boolean isRestarting() {
        String unit = ownUnit();
        // A job's line: number, unit, kind, state.
        return !unit.isEmpty() && ask("list-jobs", "--no-legend", "--full").lines()
                .map(line -> line.strip().split("\\s+"))
                .anyMatch(job -> job.length >= 3 && job[1].equals(unit) && job[2].equals("restart"));
    }

    private String ownUnit() {
        try (var lines = Files.lines(ownControlGroups)) {
            return lines.map(line -> line.substring(line.lastIndexOf('/') + 1))
                    .filter(name -> name.endsWith(".service"))
                    .findFirst()
                    .orElse("");
        } catch (IOException | UncheckedIOException unknown) {
            return "";
        }
    }

    private String ask(String... arguments) {
        if (!Files.isDirectory(booted)) {
            return "";
        }
        try {
            return systemctl.run(ANSWER_BOUND, arguments).text();
        } catch (IOException unanswered) {
            return "";
        }
    }
}
