// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.metadata.NodeClock;

/**
 * The clock that a restart of the agent does not reset and that no process can step: time since this boot, from the kernel's
 * {@code /proc/uptime} (proc(5): seconds, two decimals). Translates between it and the monotonic clock of this process.
 */
final class BootClock {

    private static final Pattern BOOT_ID = Pattern
            .compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern UPTIME = Pattern.compile("([0-9]{1,12})\\.([0-9]{2}) .*", Pattern.DOTALL);
    private static final long MILLIS_TO_NANOS = 1_000_000;

    private final String bootId;
    private final long offsetNanos;

    private BootClock(String bootId, long offsetNanos) {
        this.bootId = bootId;
        this.offsetNanos = offsetNanos;
    }

    /**
     * Reads the clock once; from then on both clocks run alike.
     *
     * @param proc where procfs is mounted, {@code /proc}
     * @throws IOException if the kernel's files cannot be read or hold something else
     */
    static BootClock read(Path proc, NodeClock clock) throws IOException {
        Path idFile = proc.resolve("sys/kernel/random/boot_id");
        String bootId = Files.readString(idFile, StandardCharsets.US_ASCII).strip();
        if (!BOOT_ID.matcher(bootId).matches()) {
            throw new IOException(idFile + " does not hold a boot id");
        }
        Path uptimeFile = proc.resolve("uptime");
        long now = clock.nanoTime();
        Matcher uptime = UPTIME.matcher(Files.readString(uptimeFile, StandardCharsets.US_ASCII));
        if (!uptime.matches()) {
            throw new IOException(uptimeFile + " does not hold the time since boot");
        }
        long millis = Long.parseLong(uptime.group(1)) * 1000 + Long.parseLong(uptime.group(2)) * 10;
        return new BootClock(bootId, millis * MILLIS_TO_NANOS - now);
    }

    String bootId() {
        return bootId;
    }

    /** Milliseconds since boot of an instant of the monotonic clock, rounded down: a deadline is never late by it. */
    long uptimeMillis(long nanoTime) {
        return Math.floorDiv(nanoTime + offsetNanos, MILLIS_TO_NANOS);
    }

    /** The instant of the monotonic clock that lies so many milliseconds after boot. */
    long nanoTime(long uptimeMillis) {
        return uptimeMillis * MILLIS_TO_NANOS - offsetNanos;
    }
}
