// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

import dev.lastcall.metadata.NodeClock;

/** When this machine started. */
public final class BootTime {

    private BootTime() {}

    /**
     * The instant of the start on {@code clock}'s monotonic clock, from {@code proc/uptime} under {@code root}; empty where that
     * cannot be read.
     */
    public static OptionalLong nanos(Path root, NodeClock clock) {
        try {
            String uptime = Files.readString(root.resolve("proc/uptime")).strip().split("\\s+", -1)[0];
            long up = new BigDecimal(uptime).movePointRight(9).longValueExact();
            return up < 0 ? OptionalLong.empty() : OptionalLong.of(clock.nanoTime() - up);
        } catch (IOException | ArithmeticException | NumberFormatException unreadable) {
            return OptionalLong.empty();
        }
    }
}
