// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.permissions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ServerSettings;
import dev.lastcall.agent.server.stop.StopWay;
import dev.lastcall.agent.systemd.Systemctl;

/**
 * What {@code lastcall.service} will have to do and may not, seen from outside of it: by its sandbox and its user, whatever the
 * rights of who asks. Looks without doing any of it.
 */
final class ServicePermissions {

    private static final Duration SHOW_BOUND = Duration.ofSeconds(2);
    private static final String UNIT = "lastcall.service";

    private final AgentConfig config;
    private final Map<String, String> unit;
    private final List<MissingPermission> missing = new ArrayList<>();

    private ServicePermissions(AgentConfig config, Map<String, String> unit) {
        this.config = config;
        this.unit = unit;
    }

    /** What is missing; nothing where systemd does not answer. */
    static List<MissingPermission> missing(AgentConfig config, Systemctl systemctl) {
        return missing(config, systemctl, Path.of("/etc"));
    }

    /** @param etc where the accounts lie, and the service's configuration in a folder of its own */
    static List<MissingPermission> missing(AgentConfig config, Systemctl systemctl, Path etc) {
        List<String> properties = new ArrayList<>(
                List.of("LoadState", "ProtectSystem", "ReadWritePaths", "StateDirectory"));
        properties.addAll(ServiceUser.PROPERTIES);
        try {
            ServicePermissions rights = new ServicePermissions(config, systemctl.show(SHOW_BOUND, UNIT, properties));
            if ("not-found".equals(rights.unit.get("LoadState"))) {
                return List.of();
            }
            rights.sandbox();
            rights.user(ServiceUser.of(rights.unit, etc), etc);
            return rights.missing;
        } catch (IOException unknown) {
            return List.of();
        }
    }

    private void sandbox() {
        if (!"strict".equals(unit.get("ProtectSystem"))) {
            return;
        }
        List<Path> open = ownDirectories();
        Systemctl.words(unit, "ReadWritePaths")
                .forEach(path -> open.add(Path.of("/", path.replaceFirst("^[-+]+", ""))));
        PermissionCheck.directories(config).forEach((what, path) -> {
            if (open.stream().noneMatch(path::startsWith)) {
                missing.add(new MissingPermission(what, "the sandbox of " + UNIT + " makes " + path + " read-only",
                        "systemctl edit lastcall, and under [Service]: ReadWritePaths=" + path));
            }
        });
    }

    private void user(ServiceUser user, Path etc) {
        // systemd gives these to the user at every start.
        List<Path> own = ownDirectories();
        PermissionCheck.directories(config).forEach((what, path) -> {
            if (own.stream().noneMatch(path::startsWith)) {
                add(what, user.cannotWrite(path),
                        "give " + user.name() + " the right, with chown, chgrp or chmod");
            }
        });
        Path file = etc.resolve(Path.of("/etc").relativize(ConfigInputs.DEFAULT_FILE));
        if (Files.exists(file)) {
            add("the configuration", user.cannotRead(file), "give " + user.name() + " the right to read it");
        }
        for (ServerSettings server : config.servers()) {
            stop(server, user);
        }
    }

    private void stop(ServerSettings server, ServiceUser user) {
        switch (server.stop()) {
            case StopWay.Systemd(String stopped) when !user.isRoot() -> add(server.name(),
                    Optional.of(UNIT + " runs as " + user.name() + ", and systemd stops " + stopped + " for root only"),
                    "run it as root, or let polkit allow org.freedesktop.systemd1.manage-units to " + user.name());
            case StopWay.PidFile(Path pidFile) when Files.exists(pidFile) -> add(server.name(),
                    user.cannotRead(pidFile), "give " + user.name() + " the right to read it");
            case StopWay.Systemd _,StopWay.PidFile _,StopWay.Pid _,StopWay.Command _,StopWay.None _ -> {
            }
        }
    }

    private void add(String what, Optional<String> why, String remedy) {
        why.ifPresent(reason -> missing.add(new MissingPermission(what, reason, remedy)));
    }

    private List<Path> ownDirectories() {
        List<Path> own = new ArrayList<>();
        Systemctl.words(unit, "StateDirectory").forEach(name -> own.add(Path.of("/var/lib", name)));
        return own;
    }
}
