// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How much the page cache can take before something has to make way: what Linux calls available, and no more than what the
 * control groups of this process leave, since the cache of what a process writes is charged to its groups.
 */
final class MemoryRoom {

    /** Limits above this mean that there is none; version 1 writes its "none" as a huge number. */
    private static final long NO_LIMIT = 1L << 60;

    private final Path root;

    /** @param root of the file system: {@code /} but in tests */
    MemoryRoom(Path root) {
        this.root = root;
    }

    /** In bytes; empty where this system does not say. */
    OptionalLong bytes() {
        OptionalLong available = field(root.resolve("proc/meminfo"), "MemAvailable:");
        if (available.isEmpty()) {
            return available;
        }
        long room = available.getAsLong() * 1024;
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && parts[1].isEmpty()) {
                room = Math.min(room,
                        left(root.resolve("sys/fs/cgroup"), parts[2], "memory.max", "memory.current", "file "));
            } else if (parts.length == 3 && ("," + parts[1] + ",").contains(",memory,")) {
                room = Math.min(room, left(root.resolve("sys/fs/cgroup/memory"), parts[2], "memory.limit_in_bytes",
                        "memory.usage_in_bytes", "total_cache "));
            }
        }
        return OptionalLong.of(Math.max(0, room));
    }

    /** The least that a group and those above it leave; cache that is there already can make way. */
    private static long left(Path mount, String group, String limit, String usage, String cache) {
        long least = Long.MAX_VALUE;
        Path folder = mount.resolve(group.substring(Math.min(1, group.length()))).normalize();
        // Inside a container the group's own path is often not below the mount: its root is then the group itself.
        Path from = Files.isDirectory(folder) && folder.startsWith(mount) ? folder : mount;
        for (Path at = from; at != null && at.startsWith(mount); at = at.getParent()) {
            OptionalLong max = number(at.resolve(limit));
            if (max.isPresent() && max.getAsLong() < NO_LIMIT) {
                long used = number(at.resolve(usage)).orElse(0) - field(at.resolve("memory.stat"), cache).orElse(0);
                least = Math.min(least, max.getAsLong() - Math.max(0, used));
            }
        }
        return least;
    }

    private static OptionalLong number(Path file) {
        return lines(file).stream()
                .limit(1)
                .filter(line -> line.matches("\\d{1,18}"))
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    private static OptionalLong field(Path file, String name) {
        return lines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split(" ", 2)[0])
                .filter(value -> value.matches("\\d{1,18}"))
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    private static java.util.List<String> lines(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readAllLines(file) : java.util.List.of();
        } catch (IOException e) {
            return java.util.List.of();
        }
    }
}
