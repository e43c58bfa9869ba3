// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who a process runs as (proc_pid_status(5)). Immutable.
 *
 * @param real the real user's id
 * @param effective the effective user's id
 * @param group the effective group's id
 * @param capabilities the effective ones, as bits
 */
public record ProcessUser(long real, long effective, long group, long capabilities) {

    /** A user that cannot be known; no user has this id. */
    public static final long UNKNOWN = -1;

    /** This very process. Without procfs it is taken for a user who owns nothing. */
    public static ProcessUser self() {
        return of(Path.of("/proc"), "self").orElse(new ProcessUser(UNKNOWN, UNKNOWN, UNKNOWN, 0));
    }

    /** That of a process; empty where it cannot be read. */
    public static Optional<ProcessUser> of(Path proc, String process) {
        long real = UNKNOWN;
        long effective = UNKNOWN;
        long group = UNKNOWN;
        long capabilities = 0;
        try {
            for (String line : Files.readString(proc.resolve(process).resolve("status"), StandardCharsets.ISO_8859_1)
                    .split("\n", -1)) {
                if (line.startsWith("Uid:")) {
                    String[] users = line.strip().split("\\s+", -1);
                    real = Long.parseLong(users[1]);
                    effective = Long.parseLong(users[2]);
                } else if (line.startsWith("Gid:")) {
                    group = Long.parseLong(line.strip().split("\\s+", -1)[2]);
                } else if (line.startsWith("CapEff:")) {
                    capabilities = Long.parseUnsignedLong(line.substring(7).strip(), 16);
                }
            }
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unreadable) {
            return Optional.empty();
        }
        return effective == UNKNOWN
                ? Optional.empty()
                : Optional.of(new ProcessUser(real, effective, group, capabilities));
    }
}
