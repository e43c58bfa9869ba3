// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import dev.lastcall.agent.cli.Version;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.files.StateDirectoryLock;
import dev.lastcall.agent.permissions.PermissionCheck;
import dev.lastcall.agent.status.view.StatusView;

/** The running agent: whether it answers, what it says, and what it may do; and what this process may, where none answers. */
final class AgentChecks {

    private static final String START = "systemctl start lastcall, or lastcall run";

    private final Surroundings node;
    private final Path file;
    private final Supplier<AgentAnswer> agent;

    /**
     * @param file of the configuration
     * @param agent asks the running agent; asked by several checks
     */
    AgentChecks(Surroundings node, Path file, Supplier<AgentAnswer> agent) {
        this.node = node;
        this.file = file;
        this.agent = agent;
    }

    List<DoctorCheck> all() {
        return List.of(new DoctorCheck(FindingArea.AGENT, "lastcall", START, this::running),
                new DoctorCheck(FindingArea.RIGHTS, "the agent", "lastcall config check", this::rights),
                new DoctorCheck(FindingArea.STATE, node.config().stateDirectory().toString(),
                        "findmnt -T " + node.config().stateDirectory(), this::state));
    }

    private List<NodeFinding> running() {
        return switch (agent.get()) {
            case AgentAnswer.Running(StatusView status) -> said(status);
            case AgentAnswer.Silent(String why) -> List.of(
                    NodeFinding.fail(FindingArea.AGENT, "lastcall",
                            "no agent answers, so this node is not protected: " + why,
                            START));
            case AgentAnswer.Closed(String why) -> List.of(NodeFinding.warn(FindingArea.AGENT, "lastcall",
                    "an agent is there, and this user may not speak to it: " + why, "sudo lastcall doctor"));
        };
    }

    private List<NodeFinding> said(StatusView status) {
        List<NodeFinding> findings = new ArrayList<>();
        String state = status.dryRun() ? " in a dry run, so it closes and stops nothing" : "";
        findings.add(status.isProtected()
                ? new NodeFinding(FindingArea.AGENT, "lastcall", status.dryRun() ? FindingLevel.WARN : FindingLevel.OK,
                        "runs" + state + ", and says that the node is protected",
                        status.dryRun() ? "set drain.dryRun to false and type: systemctl restart lastcall" : "")
                : NodeFinding.fail(FindingArea.AGENT, "lastcall",
                        "runs" + state + ", and says that the node is not protected",
                        "lastcall status"));
        StatusView.ReclamationView reclamation = status.reclamation();
        if (reclamation != null) {
            findings.add(NodeFinding.warn(FindingArea.AGENT, "notice",
                    "the node is being taken back: " + reclamation.source() + " says " + reclamation.kind() + ", "
                            + reclamation.left().toSeconds() + " s are left",
                    "lastcall status"));
        }
        status.conditions()
                .forEach(one -> findings.add(new NodeFinding(FindingArea.AGENT, one.subject(), level(one.code()),
                        one.message() + " (" + one.code() + ")", one.remedy())));
        findings.add(Version.TEXT.equals(status.version())
                ? NodeFinding.ok(FindingArea.AGENT, "version", status.version() + " runs, as installed")
                : NodeFinding.warn(FindingArea.AGENT, "version",
                        "the agent that runs is " + status.version() + ", and this command is " + Version.TEXT,
                        "systemctl restart lastcall"));
        changed(status).ifPresent(findings::add);
        return findings;
    }

    private static FindingLevel level(String code) {
        for (ConditionCode known : ConditionCode.values()) {
            if (known.label().equals(code)) {
                return FindingLevel.of(known.severity());
            }
        }
        return FindingLevel.WARN;
    }

    /** A configuration that was changed after the agent began is not the one that it works by. */
    private Optional<NodeFinding> changed(StatusView status) {
        try {
            Instant began = status.at().minus(status.uptime());
            return Files.getLastModifiedTime(file).toInstant().isAfter(began)
                    ? Optional.of(NodeFinding.warn(FindingArea.AGENT, file.toString(),
                            "was changed after the agent began, which works by what was there before",
                            "lastcall config check && systemctl restart lastcall"))
                    : Optional.empty();
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** The running agent knows best what it may; where none runs, this process looks for itself. */
    private List<NodeFinding> rights() {
        List<NodeFinding> findings = new ArrayList<>();
        if (agent.get() instanceof AgentAnswer.Running) {
            findings.add(NodeFinding.ok(FindingArea.RIGHTS, "the agent",
                    "looks by itself what it may do; what is missing is among its conditions"));
        } else {
            PermissionCheck.missing(node.config())
                    .forEach(one -> findings.add(new NodeFinding(FindingArea.RIGHTS, one.subject(),
                            FindingLevel.of(one.code().severity()), one.message() + ", seen as this user",
                            one.remedy())));
        }
        PermissionCheck.ofService(node.config())
                .forEach(one -> findings.add(
                        NodeFinding.fail(FindingArea.RIGHTS, one.subject(), one.message(), one.remedy())));
        if (findings.isEmpty()) {
            findings.add(NodeFinding.ok(FindingArea.RIGHTS, "the agent",
                    "may stop each server and write each directory that it has to"));
        }
        return findings;
    }

    private List<NodeFinding> state() {
        Path directory = node.config().stateDirectory();
        Optional<Long> holder = StateDirectoryLock.holder(directory, node.at("/proc"));
        if (holder.isPresent() && agent.get() instanceof AgentAnswer.Silent) {
            return List.of(NodeFinding.fail(FindingArea.STATE, directory.toString(),
                    "process " + holder.get() + " works in it, and does not answer on its socket",
                    "journalctl -u lastcall -n 50; then systemctl restart lastcall"));
        }
        return List.of(NodeFinding.ok(FindingArea.STATE, directory.toString(), holder
                .map(pid -> "is locked by the agent, process " + pid)
                .orElseGet(() -> exists(directory) ? "is there, and no agent holds it" : "will be made at the start")));
    }

    private static boolean exists(Path directory) {
        try {
            return Files.readAttributes(directory, java.nio.file.attribute.BasicFileAttributes.class).isDirectory();
        } catch (NoSuchFileException none) {
            return false;
        } catch (IOException unreadable) {
            return true;
        }
    }
}
