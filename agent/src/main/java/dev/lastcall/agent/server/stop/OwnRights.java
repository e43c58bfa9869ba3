// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who a process runs as and whether it may signal others (proc_pid_status(5), kill(2)).
 *
 * @param user the effective user's id
 * @param maySignalAnybody whether it has the capability KILL
 */
record OwnRights(long user, boolean maySignalAnybody) {

    private static final int CAP_KILL = 5;
    private static final long UNKNOWN = -1;

    /** Those of a process; unknown, and no right, where they cannot be read. */
    static OwnRights of(Path proc, String process) {
        long user = UNKNOWN;
        boolean kill = false;
        try {
            for (String line : Files.readString(proc.resolve(process).resolve("status"), StandardCharsets.ISO_8859_1)
                    .split("\n", -1)) {
                if (line.startsWith("Uid:")) {
                    user = Long.parseLong(line.strip().split("\\s+", -1)[2]);
                } else if (line.startsWith("CapEff:")) {
                    kill = (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> CAP_KILL & 1) == 1;
                }
            }
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unreadable) {
            return new OwnRights(UNKNOWN, false);
        }
        return new OwnRights(user, kill);
    }

    boolean isRoot() {
        return user == 0;
    }

    /** Whether it may send a signal to the other; true where that cannot be known. */
    boolean maySignal(OwnRights other) {
        return maySignalAnybody || user == UNKNOWN || other.user == UNKNOWN || user == other.user;
    }
}
