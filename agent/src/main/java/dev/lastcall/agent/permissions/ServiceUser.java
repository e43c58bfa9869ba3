// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.permissions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import dev.lastcall.agent.systemd.Systemctl;

/**
 * Whom a unit's service runs as, and what the modes of files let it do. What access lists and security modules say is not
 * looked at. Immutable.
 *
 * @param name of the user
 * @param groups names of all its groups
 * @param capabilities what it holds, as systemd writes them, such as {@code cap_kill}
 */
record ServiceUser(String name, Set<String> groups, Set<String> capabilities) {

    /** The properties of the unit that {@link #of} wants. */
    static final List<String> PROPERTIES = List.of("User", "Group", "SupplementaryGroups", "CapabilityBoundingSet",
            "AmbientCapabilities");

    private static final String ROOT = "root";
    private static final int ID = 2;
    private static final int MAIN_GROUP = 3;
    private static final int MEMBERS = 3;

    /** Root passes every mode, unless the unit takes this from it. */
    private static final String PASS_MODES = "cap_dac_override";

    ServiceUser {
        groups = Set.copyOf(groups);
        capabilities = Set.copyOf(capabilities);
    }

    /**
     * The user of a unit.
     *
     * @param etc where {@code passwd} and {@code group} lie
     * @throws IOException if these cannot be read
     */
    static ServiceUser of(Map<String, String> unit, Path etc) throws IOException {
        String asked = unit.getOrDefault("User", "");
        List<String[]> users = lines(etc.resolve("passwd"));
        List<String[]> known = lines(etc.resolve("group"));
        String[] user = named(users, asked.isEmpty() ? ROOT : asked).orElse(new String[]{asked});
        String name = user[0];
        Set<String> groups = new TreeSet<>();
        Systemctl.words(unit, "SupplementaryGroups")
                .forEach(word -> groups.add(named(known, word).map(line -> line[0]).orElse(word)));
        String group = unit.getOrDefault("Group", "");
        String main = !group.isEmpty() || user.length <= MAIN_GROUP ? group : user[MAIN_GROUP];
        named(known, main).ifPresent(line -> groups.add(line[0]));
        known.stream()
                .filter(line -> line.length > MEMBERS && List.of(line[MEMBERS].split(",")).contains(name))
                .forEach(line -> groups.add(line[0]));
        return new ServiceUser(name, groups,
                Set.copyOf(Systemctl.words(unit, name.equals(ROOT) ? "CapabilityBoundingSet" : "AmbientCapabilities")));
    }

    private static List<String[]> lines(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.split(":", -1)).filter(line -> line.length > ID).toList();
        }
    }

    private static Optional<String[]> named(List<String[]> lines, String nameOrNumber) {
        return lines.stream()
                .filter(line -> line[0].equals(nameOrNumber) || line[ID].equals(nameOrNumber))
                .findFirst();
    }

    boolean isRoot() {
        return name.equals(ROOT);
    }

    /** Why it cannot write into a directory, or make it; empty where it can. */
    Optional<String> cannotWrite(Path directory) {
        Path there = directory;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        Optional<String> closed = cannotReach(there);
        return closed.isPresent()
                ? closed
                : refused(there, "write into",
                        Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));
    }

    /** Why it cannot read a file that is there; empty where it can. */
    Optional<String> cannotRead(Path file) {
        Optional<String> closed = file.getParent() == null ? Optional.empty() : cannotReach(file.getParent());
        return closed.isPresent() ? closed : refused(file, "read", Set.of(PosixFilePermission.OWNER_READ));
    }

    private Optional<String> cannotReach(Path directory) {
        for (Path above = directory; above != null; above = above.getParent()) {
            Optional<String> closed = refused(above, "enter", Set.of(PosixFilePermission.OWNER_EXECUTE));
            if (closed.isPresent()) {
                return closed;
            }
        }
        return Optional.empty();
    }

    private Optional<String> refused(Path path, String what, Set<PosixFilePermission> needed) {
        if (capabilities.contains(PASS_MODES)) {
            return Optional.empty();
        }
        PosixFileAttributes file;
        try {
            file = Files.readAttributes(path, PosixFileAttributes.class);
        } catch (IOException | UnsupportedOperationException unknown) {
            return Optional.empty();
        }
        String who = file.owner().getName().equals(name)
                ? "OWNER"
                : groups.contains(file.group().getName()) ? "GROUP" : "OTHERS";
        boolean allowed = needed.stream()
                .map(one -> PosixFilePermission.valueOf(one.name().replace("OWNER", who)))
                .allMatch(file.permissions()::contains);
        return allowed
                ? Optional.empty()
                : Optional.of("lastcall.service runs as " + name + (isRoot() ? " without " + PASS_MODES : "")
                        + " and cannot " + what + " " + path + " of " + file.owner().getName());
    }
}
