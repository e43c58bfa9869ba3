// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Which ports of this node are listened on, as the kernel lists them.
 *
 * @param proc where procfs is mounted
 */
record ListeningSockets(Path proc) {

    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;

    /** Whether a socket takes connections to this port on every address; false where that cannot be read. */
    boolean isOnEveryAddress(int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        for (String table : List.of("tcp", "tcp6")) {
            try (Stream<String> lines = Files.lines(proc.resolve("net").resolve(table))) {
                if (lines.map(line -> line.strip().split("\\s+", -1))
                        .anyMatch(words -> words.length > STATE && words[STATE].equals(LISTENING)
                                && words[LOCAL].endsWith(suffix)
                                && words[LOCAL].substring(0, words[LOCAL].length() - suffix.length()).matches("0+"))) {
                    return true;
                }
            } catch (IOException unreadable) {
                // A kernel without IPv6 has one table.
            }
        }
        return false;
    }
}
