// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.outbound;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine calls itself. */
final class HostName {

    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    /** From the kernel, which needs no name service; {@code localhost} where it does not say. */
    static String read() {
        try {
            return Files.readString(KERNEL).strip();
        } catch (IOException unknown) {
            return "localhost";
        }
    }
}
