// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Identifies one run of the kernel: what was only in the page cache is gone when it differs. */
public final class BootId {

    /** Linux, {@code random(4)}. */
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    /** Read once: no process outlives its kernel, and each file of a model asks for it. */
    private static final String CURRENT = read();

    private BootId() {}

    /** The kernel's own id; {@code unknown}, which equals nothing, where there is none. */
    public static String current() {
        return CURRENT;
    }

    private static String read() {
        try {
            return Files.readString(FILE).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
