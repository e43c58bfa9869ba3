// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the disk itself can do: {@code dd} past the page cache, flushed at the end. */
final class DiskRate {

    private static final int MEBIBYTES = 2048;

    private DiskRate() {}

    /** In GiB/s. */
    static double measure(Path folder) throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "lastcall-bench", ".dd");
        try {
            long began = System.nanoTime();
            Process dd = new ProcessBuilder(
                    List.of("dd", "if=/dev/zero", "of=" + file, "bs=4M", "count=" + MEBIBYTES / 4,
                            "oflag=direct", "conv=fdatasync,notrunc"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!dd.waitFor(2, TimeUnit.MINUTES) || dd.exitValue() != 0) {
                dd.destroyForcibly();
                throw new IOException("dd could not write to " + folder);
            }
            return MEBIBYTES / 1024.0 / ((System.nanoTime() - began) / 1e9);
        } finally {
            Files.delete(file);
        }
    }
}
