// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.lastcall.warmup.fetch.BootId;

/**
 * A process that works in the cache, so told apart that another can see whether it is certainly dead.
 *
 * @param nonce unique, also among the leases of one process
 * @param pid in its own namespace
 * @param started when the process began
 * @param namespace its namespace of process ids
 * @param bootId the kernel it runs on
 */
record Owner(String nonce, long pid, String started, String namespace, String bootId) {

    static Owner current() {
        return new Owner(UUID.randomUUID().toString(), ProcessHandle.current().pid(), startOf(ProcessHandle.current()),
                pidNamespace(), BootId.current());
    }

    private static String startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }

    private static String pidNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "unknown-" + UUID.randomUUID();
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
        if (!bootId.equals(BootId.current()) || !namespace.equals(pidNamespace())) {
            return false;
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> startOf(process).equals(started))
                .isEmpty();
    }
}
