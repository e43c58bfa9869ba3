// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * A file system of its own that is soon full: a tmpfs, which only root may mount. Where that is not allowed the test is
 * skipped, and says so.
 *
 * @param path where it is mounted
 */
public record SmallDisk(Path path) implements AutoCloseable {

    /** Mounts one of that size. */
    public static SmallDisk mount(Path folder, long bytes) throws IOException, InterruptedException {
        Path path = Files.createDirectories(folder);
        Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "lastcall-test", path.toString()),
                "a small file system is needed, and only root may mount one");
        return new SmallDisk(path);
    }

    /** Takes all of the room but so much; deleting the file gives it back. */
    public Path fillUpTo(long bytesLeft) throws IOException {
        Path filler = path.resolve("filler");
        try (var out = Files.newOutputStream(filler)) {
            for (long left = left(bytesLeft); left > 0; left = left(bytesLeft)) {
                out.write(new byte[(int) Math.min(left, 1 << 20)]);
            }
        }
        return filler;
    }

    private long left(long bytesLeft) throws IOException {
        return Files.getFileStore(path).getUsableSpace() - bytesLeft;
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (!run("umount", "-l", path.toString())) {
                throw new IOException(path + " could not be unmounted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
