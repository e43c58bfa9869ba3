// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.setup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.lastcall.agent.doctor.ListeningSockets;

/**
 * Whose a port is, by the sockets that procfs shows in the hands of processes.
 *
 * @param proc where procfs is mounted
 */
record PortOwners(Path proc) {

    /** More descriptors of one process are not looked at; a listening socket is among the first. */
    private static final int MAX_DESCRIPTORS = 4096;

    private static final String SYSTEM_UNITS = "/system.slice/";
    private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_.@\\\\-]{1,200}\\.service");

    /** They hold the ports of containers, and to stop them would stop every container of the node. */
    private static final Set<String> ENGINES = Set.of("docker.service", "containerd.service", "crio.service",
            "podman.service", "kubelet.service", "k3s.service", "k3s-agent.service", "rke2-agent.service");

    /** Who takes connections to a port. */
    sealed interface Owner {

        /** A service of systemd. */
        record Unit(String name) implements Owner {}

        /** A process that belongs to no service of its own. */
        record LoneProcess(long pid) implements Owner {}

        /** A container engine, for a server in a container. */
        record Engine(String unit) implements Owner {}

        /** Not to be seen: another user's, or gone already. */
        record Unknown() implements Owner {}
    }

    /** Looks through all processes. Where several share the socket, the owner is the one whose id is lowest. */
    Owner of(int port) {
        Set<String> sockets = new ListeningSockets(proc).inodes(port)
                .stream()
                .map(inode -> "socket:[" + inode + "]")
                .collect(Collectors.toSet());
        if (sockets.isEmpty()) {
            return new Owner.Unknown();
        }
        long owner = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[1-9]*")) {
            for (Path process : processes) {
                long pid = number(process);
                if (pid > 1 && (owner == 0 || pid < owner) && holds(process, sockets)) {
                    owner = pid;
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            return new Owner.Unknown();
        }
        return owner == 0 ? new Owner.Unknown() : named(owner);
    }

    private Owner named(long pid) {
        Optional<String> unit = unit(proc.resolve(Long.toString(pid)).resolve("cgroup"));
        if (unit.isEmpty()) {
            return new Owner.LoneProcess(pid);
        }
        return ENGINES.contains(unit.get()) ? new Owner.Engine(unit.get()) : new Owner.Unit(unit.get());
    }

    private static long number(Path process) {
        try {
            return Long.parseLong(process.getFileName().toString());
        } catch (NumberFormatException other) {
            return 0;
        }
    }

    private static boolean holds(Path process, Set<String> sockets) {
        int seen = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (++seen > MAX_DESCRIPTORS) {
                    return false;
                }
                if (sockets.contains(target(descriptor))) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            return false;
        }
        return false;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    /** The service of the system's own manager that a control group belongs to (cgroups(7)); a user's services are not it. */
    private static Optional<String> unit(Path groups) {
        try {
            return Files.readString(groups, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("0::") || line.contains(":name=systemd:"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .filter(path -> path.startsWith(SYSTEM_UNITS))
                    .flatMap(path -> Arrays.stream(path.split("/", -1)))
                    .filter(part -> UNIT.matcher(part).matches())
                    .findFirst();
        } catch (IOException | IndexOutOfBoundsException unreadable) {
            return Optional.empty();
        }
    }
}
