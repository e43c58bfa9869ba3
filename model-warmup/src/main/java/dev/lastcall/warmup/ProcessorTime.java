// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The processors' time up to a moment: this process's own, and that of the whole machine where it is known ({@code
 * /proc/stat}, proc(5)). Processors that others keep busy are as much a limit as those that we do; but where a control
 * group gives us only some of them, the machine's idle ones are of no use.
 *
 * @param atNanos the moment, as {@link System#nanoTime()} has it
 * @param own nanoseconds that this process has used
 * @param machineBusy ticks in which a processor did something
 * @param machineAll all ticks of all processors; 0 where it is not known
 */
record ProcessorTime(long atNanos, long own, long machineBusy, long machineAll) {

    private static final Path STAT = Path.of("/proc/stat");

    /** user nice system idle iowait irq softirq steal: guests are counted among the first two. */
    private static final int FIELDS = 8;

    private static final int IDLE = 3;
    private static final int WAITING_FOR_A_DISK = 4;

    static ProcessorTime now() {
        long own = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
        long[] ticks = machine();
        long all = Arrays.stream(ticks).sum();
        long idle = ticks.length < FIELDS ? 0 : ticks[IDLE] + ticks[WAITING_FOR_A_DISK];
        return new ProcessorTime(System.nanoTime(), own, all - idle, all);
    }

    private static long[] machine() {
        try {
            List<String> lines = Files.isReadable(STAT) ? Files.readAllLines(STAT) : List.of();
            return lines.isEmpty() || !lines.getFirst().startsWith("cpu ")
                    ? new long[0]
                    : Arrays.stream(lines.getFirst().substring(4).strip().split(" ", -1))
                            .limit(FIELDS)
                            .mapToLong(Long::parseLong)
                            .toArray();
        } catch (IOException | NumberFormatException e) {
            return new long[0];
        }
    }

    /** Share of the processors' time, 0 to 1, that was in use from here until then. */
    double busyUntil(ProcessorTime then) {
        double wall = Math.max(1, then.atNanos - atNanos);
        double ours = (then.own - own) / wall / Runtime.getRuntime().availableProcessors();
        long all = then.machineAll - machineAll;
        return Math.max(ours, all <= 0 ? 0 : (double) (then.machineBusy - machineBusy) / all);
    }
}
