// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.permissions;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ServerSettings;
import dev.lastcall.agent.files.OwnDirectory;
import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.gate.tls.ClientTls;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.agent.server.stop.SystemdStopper;
import dev.lastcall.agent.systemd.Systemctl;
import dev.lastcall.metadata.generic.FileSettings;
import dev.lastcall.metadata.generic.GenericSettings;

/**
 * What the agent will have to do and may not: stop a server, write its state, write the cache. Looks without doing any of it,
 * so that it is known before it matters.
 */
public final class PermissionCheck {

    private PermissionCheck() {}

    /**
     * What is missing for this process.
     *
     * @param stoppers by the servers' names
     */
    public static List<Condition> missing(AgentConfig config, Map<String, Stopper> stoppers) {
        List<Condition> missing = new ArrayList<>();
        stoppers.forEach((server, stopper) -> stopper.obstacle()
                .ifPresent(why -> missing.add(Condition.of(ConditionCode.CANNOT_STOP, server, why))));
        directories(config).forEach((what, path) -> unwritable(path)
                .ifPresent(why -> missing.add(new Condition(ConditionCode.CANNOT_WRITE, what, why,
                        "give the agent's user the right; under systemd also: systemctl edit lastcall, ReadWritePaths="
                                + path))));
        believed(config).forEach((what, path) -> OwnDirectory.objection(path)
                .filter(_ -> Files.isDirectory(path))
                .ifPresent(why -> missing.add(Condition.of(ConditionCode.UNTRUSTED_DIRECTORY, what, why))));
        config.secretFiles()
                .stream()
                .filter(OwnDirectory::othersCanRead)
                .forEach(file -> missing.add(Condition.of(ConditionCode.SECRET_READABLE, file.toString(),
                        "holds a secret, and every user of this node can read it")));
        return missing;
    }

    /** Directories whose files decide what the agent does, by the key that names them. */
    private static Map<String, Path> believed(AgentConfig config) {
        Map<String, Path> believed = new LinkedHashMap<>();
        believed.put("stateDirectory", config.stateDirectory());
        Map<String, Path> files = new LinkedHashMap<>();
        for (GenericSettings source : config.sources().generic()) {
            if (source instanceof FileSettings file) {
                files.put(file.name(), file.path());
            }
        }
        config.nodeAgents().forEach(agent -> files.put(agent.name(), agent.socket()));
        files.forEach((name, file) -> {
            if (file.getParent() != null) {
                believed.put("sources " + name, file.getParent());
            }
        });
        return believed;
    }

    /** What is missing for this process, by stoppers of its own. */
    public static List<Condition> missing(AgentConfig config) {
        return missing(config, stoppers(config));
    }

    /** What `config check` reports of the process that it runs in and of the service that it is for. */
    public static List<String> report(AgentConfig config) {
        List<String> lines = new ArrayList<>();
        missing(config).forEach(
                one -> lines.add(new MissingPermission(one.subject(), one.message(), one.remedy()).toString()));
        certificates(config).forEach(one -> lines.add(one.toString()));
        ofService(config).forEach(one -> lines.add(one.toString()));
        return lines;
    }

    /** Certificates of gates that cannot be used as their files are now. */
    private static List<MissingPermission> certificates(AgentConfig config) {
        List<MissingPermission> unusable = new ArrayList<>();
        for (ServerSettings server : config.servers()) {
            server.gate().flatMap(GateSettings::tls).ifPresent(files -> {
                ClientTls tls = new ClientTls(files, false);
                tls.refresh();
                tls.problem()
                        .ifPresent(why -> unusable.add(new MissingPermission(server.name(), why,
                                ConditionCode.CERTIFICATE_UNUSABLE.remedy())));
            });
        }
        return unusable;
    }

    /** What is missing for the service that this node's agent runs as; nothing where there is no systemd. */
    public static List<MissingPermission> ofService(AgentConfig config) {
        return Files.isDirectory(Path.of("/run/systemd/system"))
                ? ServicePermissions.missing(config, Systemctl.local())
                : List.of();
    }

    private static Map<String, Stopper> stoppers(AgentConfig config) {
        Map<String, Stopper> stoppers = new LinkedHashMap<>();
        for (ServerSettings server : config.servers()) {
            stoppers.put(server.name(), server.stop().stopper(SystemdStopper.Host.local()));
        }
        return stoppers;
    }

    /** What is written, by the key that names it. */
    static Map<String, Path> directories(AgentConfig config) {
        Map<String, Path> directories = new LinkedHashMap<>();
        directories.put("stateDirectory", config.stateDirectory());
        if (!config.models().isEmpty()) {
            directories.put("cache.path", config.cache().path());
        }
        return directories;
    }

    /** Why a directory cannot be written, or made; empty where it can. */
    static Optional<String> unwritable(Path directory) {
        Path there = directory;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there)) {
            return Optional.of(there + " is not a directory");
        }
        return Files.isWritable(there) ? Optional.empty() : Optional.of(there + " cannot be written");
    }
}
