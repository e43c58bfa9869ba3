// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.Locale;

/**
 * The environment's name of every key: {@code LASTCALL_} and the path in capitals, words and levels parted by
 * underscores, list elements by their number from 0. {@code servers[0].gate.listen} is
 * {@code LASTCALL_SERVERS_0_GATE_LISTEN}.
 */
final class Variables {

    static final String PREFIX = "LASTCALL_";

    private Variables() {}

    static String nameOf(String path) {
        String words = path.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replace("[]", "_N")
                .replaceAll("\\[(\\d+)]", "_$1")
                .replace('.', '_');
        return PREFIX + words.toUpperCase(Locale.ROOT);
    }

    /** What matches the variable of this key of the reference, whose {@code []} matches any number. */
    static String patternOf(String path) {
        return nameOf(path.replace("[]", "[0]")).replace("_0", "_\\d{1,2}");
    }
}
