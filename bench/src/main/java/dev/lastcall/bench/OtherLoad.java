// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * How much CPU processes that have nothing to do with the benchmark used while it ran. Figures taken on a busy machine
 * say how busy it was, so the table says that too.
 */
public final class OtherLoad {

    /** More than this share of a core used by others, and the figures are not to be relied on. */
    static final double TOLERATED_CORES = 0.1;
    private static final double TICKS_PER_SECOND = 100;
    private static final int FIRST_OWN_FIELD = 11;
    private static final int LAST_OWN_FIELD = 14;
    /** user, nice, system, irq and softirq of the first line of {@code /proc/stat}; idle, iowait and steal are not use. */
    private static final int[] BUSY_FIELDS = {1, 2, 3, 6, 7};

    private final long start = System.nanoTime();
    private final double othersAtStart;

    /** Begins to count. */
    public OtherLoad() throws IOException {
        othersAtStart = others();
    }

    /** Cores that others kept busy since this was made. */
    public double cores() throws IOException {
        return Math.max(0, others() - othersAtStart) / ((System.nanoTime() - start) / 1e9);
    }

    private static double others() throws IOException {
        List<String> total = fields(Files.readAllLines(Path.of("/proc/stat")).getFirst());
        double ticks = 0;
        for (int field : BUSY_FIELDS) {
            ticks += Long.parseLong(total.get(field));
        }
        ticks -= own(ProcessHandle.current().pid());
        for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
            ticks -= own(child.pid());
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** CPU time of a process and of its children that have ended. */
    private static double own(long pid) throws IOException {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        } catch (NoSuchFileException e) {
            return 0;
        }
        List<String> fields = fields(stat.substring(stat.lastIndexOf(')') + 2));
        double ticks = 0;
        for (int field = FIRST_OWN_FIELD; field <= LAST_OWN_FIELD; field++) {
            ticks += Long.parseLong(fields.get(field));
        }
        return ticks;
    }

    private static List<String> fields(String line) {
        return List.of(line.strip().split(" +", -1));
    }
}
