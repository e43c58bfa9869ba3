// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The program's version, as the build wrote it down. */
public final class Version {

    /** The version, {@code unknown} where the build's file is missing. */
    public static final String TEXT = read();

    /** What `lastcall version` and `lastcall --version` print. */
    static final String LINE = "lastcall " + TEXT + " (Java " + Runtime.version() + ")";

    private Version() {}

    private static String read() {
        try (InputStream file = Version.class.getResourceAsStream("version.txt")) {
            return file == null ? "unknown" : new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            return "unknown";
        }
    }
}
