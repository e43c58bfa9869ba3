// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.lastcall.warmup.fetch.BootId;

/**
 * Identifies a process that works in the cache, so that another can see whether it is certainly dead.
 *
 * @param nonce unique, also among the leases of one process
 * @param pid in its own namespace
 * @param started when the process began, in the kernel's ticks since boot: unlike a time of day, no step of the clock moves it
 * @param namespace its namespace of process ids
 * @param bootId the kernel it runs on
 */
record Owner(String nonce, long pid, String started, String namespace, String bootId) {

    private static final String UNKNOWN = "unknown";

    /** Of the fields of {@code /proc/PID/stat} after the name in parentheses: {@code starttime}, {@code proc(5)}. */
    private static final int START_FIELD = 19;

    static Owner current() {
        long pid = ProcessHandle.current().pid();
        return new Owner(UUID.randomUUID().toString(), pid, startOf(pid), pidNamespace(), BootId.current());
    }

    /** Empty where there is no such process. */
    private static String startOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1));
            return fields.size() > START_FIELD ? fields.get(START_FIELD) : UNKNOWN;
        } catch (IOException e) {
            return Files.isDirectory(Path.of("/proc/self")) ? "" : UNKNOWN;
        }
    }

    private static String pidNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return UNKNOWN + "-" + UUID.randomUUID();
        }
    }

    /** One line for each component. */
    String text() {
        return String.join("\n", nonce, String.valueOf(pid), started, namespace, bootId) + "\n";
    }

    static Optional<Owner> parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.size() < 5 || !lines.get(1).matches("\\d{1,10}")) {
            return Optional.empty();
        }
        return Optional
                .of(new Owner(lines.get(0), Long.parseLong(lines.get(1)), lines.get(2), lines.get(3), lines.get(4)));
    }

    /** Certain only on the same kernel boot and in the same namespace of process ids; else time must tell. */
    boolean isCertainlyDead() {
        if (!bootId.equals(BootId.current()) || !namespace.equals(pidNamespace()) || started.equals(UNKNOWN)) {
            return false;
        }
        String now = startOf(pid);
        return !now.equals(UNKNOWN) && !now.equals(started);
    }
}
