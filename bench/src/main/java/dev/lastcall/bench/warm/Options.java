// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What to measure.
 *
 * @param shapes of the weights, such as {@code 4x1GiB}
 * @param sections which tables
 * @param peers who runs
 * @param rounds how often each
 * @param disk folder on the disk
 * @param memory folder in memory, for the source and the page-cache sink
 * @param home of the program as it is built
 * @param sparseBytes size of the one file with which memory is measured
 */
record Options(List<String> shapes, List<String> sections, List<Peer> peers, int rounds, Path disk, Path memory,
        Path home,
        long sparseBytes) {

    static Options parse(String[] args) {
        List<String> shapes = List.of("4x1GiB", "64x16MiB");
        List<String> sections = List.of("start", "disk", "cache", "tls", "shaped", "throttled", "kill", "memory");
        List<Peer> peers = Arrays.stream(Peer.values()).filter(Peer::isHere).toList();
        int rounds = 3;
        long sparse = 20L << 30;
        Path disk = Path.of("/var/tmp");
        Path memory = Path.of("/dev/shm");
        for (int i = 1; i + 1 < args.length; i += 2) {
            String value = args[i + 1];
            switch (args[i]) {
                case "--files" -> shapes = List.of(value.split(",", -1));
                case "--sections" -> sections = List.of(value.split(",", -1));
                case "--peers" -> peers = List.of(value.split(",", -1))
                        .stream()
                        .map(peer -> Peer.valueOf(peer.toUpperCase(Locale.ROOT)))
                        .toList();
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--disk" -> disk = Path.of(value);
                case "--sparse-gib" -> sparse = Long.parseLong(value) << 30;
                case "--memory" -> memory = Path.of(value);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        return new Options(shapes, sections, peers, rounds, disk, memory, Path.of(args[0]).toAbsolutePath(),
                sparse);
    }
}
