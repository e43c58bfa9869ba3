// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.nio.file.Path;

import dev.lastcall.agent.files.ProcessUser;

/**
 * Who a process runs as and whether it may signal others (kill(2)).
 *
 * @param user the effective user's id
 * @param maySignalAll whether it has the capability KILL
 */
record ProcessPermissions(long user, boolean maySignalAll) {

    private static final int CAP_KILL = 5;

    /** Those of a process; unknown, and no right, where they cannot be read. */
    static ProcessPermissions of(Path proc, String process) {
        return ProcessUser.of(proc, process)
                .map(who -> new ProcessPermissions(who.effective(), (who.capabilities() >> CAP_KILL & 1) == 1))
                .orElse(new ProcessPermissions(ProcessUser.UNKNOWN, false));
    }

    boolean isRoot() {
        return user == 0;
    }

    /** Whether it may send a signal to the other; true where that cannot be known. */
    boolean maySignal(ProcessPermissions other) {
        return maySignalAll || user == ProcessUser.UNKNOWN || other.user == ProcessUser.UNKNOWN
                || user == other.user;
    }
}
