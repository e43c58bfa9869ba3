// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * A command from its start to its end: CPU time from the kernel's account of waited-for children, by the shell's
 * {@code time}; peak memory from {@code VmHWM}.
 *
 * @param seconds it took
 * @param cpuSeconds user and system, with all children
 * @param peakMebibytes resident at most
 * @param wasKilled whether it was ended on demand
 */
record MeasuredCommand(double seconds, double cpuSeconds, double peakMebibytes, boolean wasKilled) {

    private static final int LOOK_EVERY_MILLIS = 20;
    private static final String TIMED = """
            TIMEFORMAT='measured %R %U %S'
            after=$0
            time { "$@" || exit 1; [ -z "$after" ] || sync -f "$after"; }
            """;

    /** When to kill the command, by how many bytes it has written; never by default. */
    static final LongPredicate NEVER = written -> false;

    /**
     * Runs it.
     *
     * @param flushed folder whose file system is to be flushed within the time measured; empty for none
     * @throws IOException if it fails, with what it said
     */
    static MeasuredCommand run(List<String> command, Map<String, String> environment, Path folder, String flushed,
            LongPredicate kill) throws IOException, InterruptedException {
        List<String> shell = new ArrayList<>(List.of("bash", "-c", TIMED, flushed));
        shell.addAll(command);
        Path log = Files.createTempFile("lastcall-bench", ".out");
        ProcessBuilder builder = new ProcessBuilder(shell).directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        long began = System.nanoTime();
        Process process = builder.start();
        double peak = 0;
        boolean killed = false;
        while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
            for (long child : children(process.pid())) {
                peak = Math.max(peak, number("/proc/" + child + "/status", "VmHWM:") / 1024.0);
                if (!killed && kill.test(number("/proc/" + child + "/io", "wchar:"))) {
                    killed = ProcessHandle.of(child).map(ProcessHandle::destroyForcibly).orElse(false);
                }
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        List<String> said = Files.readAllLines(log);
        if (process.exitValue() != 0 && !killed) {
            throw new IOException(command.getFirst() + " failed:\n" + String.join("\n", said));
        }
        Files.delete(log);
        for (String line : said) {
            if (line.startsWith("measured ")) {
                String[] words = line.split(" ", -1);
                return new MeasuredCommand(Double.parseDouble(words[1]),
                        Double.parseDouble(words[2]) + Double.parseDouble(words[3]), peak, killed);
            }
        }
        return new MeasuredCommand(seconds, 0, peak, killed);
    }

    private static List<Long> children(long pid) {
        try {
            String list = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
            return list.isBlank()
                    ? List.of()
                    : List.of(list.strip().split(" ", -1)).stream().map(Long::parseLong).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** 0 once the process has ended. */
    private static long number(String file, String field) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (line.startsWith(field)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
            return 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
