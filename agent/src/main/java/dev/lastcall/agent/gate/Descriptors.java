// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many connections the limit on descriptors leaves room for. */
final class Descriptors {

    /** Kept for the metadata service, the control socket, the status port, files: a notice must get through. */
    static final int RESERVED = 256;

    /** A client's connection, and one to the server for its request. */
    private static final int PER_CONNECTION = 2;

    private static final int FEWEST_CONNECTIONS = 16;
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    private Descriptors() {}

    /** Most connections of clients that this process can serve. */
    static int connections() {
        return connections(limit());
    }

    static int connections(long descriptors) {
        return Math.clamp((descriptors - RESERVED) / PER_CONNECTION, FEWEST_CONNECTIONS, Integer.MAX_VALUE);
    }

    private static long limit() {
        try {
            return limit(Files.readString(LIMITS));
        } catch (IOException noProc) {
            return Long.MAX_VALUE;
        }
    }

    /** The limit that {@code /proc/self/limits} names; no limit where it names none. */
    static long limit(String limits) {
        return limits.lines()
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.substring(LINE.length()).strip().split("\\s+", 2)[0])
                .filter(word -> word.chars().allMatch(Character::isDigit))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
