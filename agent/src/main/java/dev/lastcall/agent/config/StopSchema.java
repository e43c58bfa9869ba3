// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.util.List;

import dev.lastcall.agent.server.stop.StopWay;

/** How a server is asked to stop. */
final class StopSchema {

    /** Largest process number that Linux gives. */
    private static final int MAX_PID = 4_194_304;

    private StopSchema() {}

    /**
     * How a server is stopped, and when.
     *
     * @param first whether it is asked to stop at the notice
     */
    record Stop(StopWay way, boolean first) {}

    /** Reads the section. */
    static Stop read(Section section) {
        StopWay way = way(section);
        boolean first = section.value("first", ValueType.flag(), false,
                "Whether SIGTERM, or the way above, is sent at the notice, because the server's own drain is its door.");
        if (first && way instanceof StopWay.None) {
            section.conflict("first", "needs a way to stop the server: systemd, pid, pidFile or command");
        }
        return new Stop(way, first);
    }

    /** Without a key it is {@link StopWay.None}. */
    private static StopWay way(Section section) {
        String unit = section.optional("systemd",
                ValueType.text("a systemd service such as vllm.service", "[A-Za-z0-9:_.@\\\\-]{1,200}\\.service"),
                "none",
                "Stops this systemd service; only its main process is signalled.");
        Integer pid = section.optional("pid", ValueType.number(2, MAX_PID), "none", "Signals this process.");
        Path pidFile = section.optional("pidFile", ValueType.absolutePath(), "none",
                "Signals the process whose number is in this file.");
        List<String> command = section.values("command", Commands.WORD, List.of(),
                "Runs this program with these arguments, through no shell.");
        List<String> set = section.setAmong("systemd", "pid", "pidFile", "command");
        if (set.size() > 1) {
            section.conflict(set.getFirst(), "only one way to stop a server can be given; here are "
                    + String.join(" and ", set) + "; remove all but one");
        }
        if (unit != null) {
            return new StopWay.Systemd(unit);
        }
        if (pid != null) {
            return new StopWay.Pid(pid);
        }
        if (pidFile != null) {
            return new StopWay.PidFile(pidFile);
        }
        return command.isEmpty() ? new StopWay.None() : new StopWay.Command(command);
    }
}
