// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which ports of this node are listened on, as the kernel lists them.
 *
 * @param proc where procfs is mounted
 */
public record ListeningSockets(Path proc) {

    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    /** Whether a socket takes connections to this port on every address; false where that cannot be read. */
    public boolean isOnEveryAddress(int port) {
        return on(port).stream().anyMatch(words -> words[LOCAL].substring(0, words[LOCAL].indexOf(':')).matches("0+"));
    }

    /** The inodes of the sockets that take connections to this port; none where they cannot be read. */
    public Set<String> inodes(int port) {
        return on(port).stream()
                .filter(words -> words.length > INODE)
                .map(words -> words[INODE])
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The words of each line about that port. */
    private List<String[]> on(int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        List<String[]> found = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            try (Stream<String> lines = Files.lines(proc.resolve("net").resolve(table))) {
                lines.map(line -> line.strip().split("\\s+", -1))
                        .filter(words -> words.length > STATE && words[STATE].equals(LISTENING)
                                && words[LOCAL].endsWith(suffix))
                        .forEach(found::add);
            } catch (IOException | UncheckedIOException unreadable) {
                // A kernel without IPv6 has one table.
            }
        }
        return found;
    }
}
